import type { parse } from '@bufbuild/cel';

/** A parsed expression. */
export type Expr = NonNullable<ReturnType<typeof parse>['expr']>;

/** What stands in an expression; the parts of a loop, which see other names, are not among it. */
export function childrenOf(expr: Expr | undefined): readonly (Expr | undefined)[] {
  const kind = expr?.exprKind;
  switch (kind?.case) {
    case 'selectExpr':
      return [kind.value.operand];
    case 'callExpr':
      return [kind.value.target, ...kind.value.args];
    case 'listExpr':
      return kind.value.elements;
    case 'structExpr':
      return kind.value.entries.flatMap((entry) => [entry.keyKind.case === 'mapKey' ? entry.keyKind.value : undefined, entry.value]);
    default:
      return [];
  }
}
