import { parse } from '@bufbuild/cel';
import type { RowCondition, RowValue } from '@trapkey/contract/rows.ts';
import type { RowRule } from '../../kernel/rules.ts';
import type { Expr } from '../cel/children.ts';

type Person = Parameters<NonNullable<RowRule['condition']>>[0];
type Made = (person: Person) => RowCondition;
/** What a rule compares with: one value, or a list of them. A rule that takes the one for the other is none that a database can take over. */
type Valued = { readonly one: (person: Person) => RowValue } | { readonly many: (person: Person) => readonly RowValue[] };
type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

const comparisons: Readonly<Record<string, { readonly is: Comparison; readonly turned: Comparison }>> = {
  '_==_': { is: '=', turned: '=' },
  '_!=_': { is: '<>', turned: '<>' },
  '_<_': { is: '<', turned: '>' },
  '_<=_': { is: '<=', turned: '>=' },
  '_>_': { is: '>', turned: '<' },
  '_>=_': { is: '>=', turned: '<=' },
};

/** A row rule as a condition for a database; undefined when it says more than columns compared with values. */
export function rowCondition(source: string): RowRule['condition'] {
  return conditionOf(parse(source).expr);
}

function conditionOf(expr: Expr | undefined): Made | undefined {
  const kind = expr?.exprKind;
  if (kind?.case !== 'callExpr') return undefined;
  const { function: name, args } = kind.value;
  if (name === '_&&_' || name === '_||_') {
    const parts = args.map(conditionOf);
    if (!parts.every((part) => part !== undefined)) return undefined;
    return (person) => {
      const made = parts.map((part) => part(person));
      return name === '_&&_' ? { all: made } : { any: made };
    };
  }
  if (name === '!_') {
    const inner = conditionOf(args[0]);
    return inner && ((person) => ({ not: inner(person) }));
  }
  if (name === '@in') return within(args[0], args[1]);
  const comparison = comparisons[name];
  if (!comparison) return undefined;
  return compared(args[0], args[1], comparison.is) ?? compared(args[1], args[0], comparison.turned);
}

function compared(left: Expr | undefined, right: Expr | undefined, is: Comparison): Made | undefined {
  const column = columnOf(left);
  const value = givenBy(right);
  if (column === undefined || !value || !('one' in value)) return undefined;
  return (person) => ({ column, is, value: value.one(person) });
}

function within(left: Expr | undefined, right: Expr | undefined): Made | undefined {
  const column = columnOf(left);
  const value = givenBy(right);
  if (column === undefined || !value || !('many' in value)) return undefined;
  return (person) => ({ column, in: value.many(person) });
}

/** The name of `row.<name>`. */
function columnOf(expr: Expr | undefined): string | undefined {
  const kind = expr?.exprKind;
  if (kind?.case !== 'selectExpr' || kind.value.testOnly) return undefined;
  return rootOf(kind.value.operand) === 'row' ? kind.value.field : undefined;
}

function rootOf(expr: Expr | undefined): string | undefined {
  return expr?.exprKind.case === 'identExpr' ? expr.exprKind.value.name : undefined;
}

/** A constant, a list of constants, or what is known of the person. */
function givenBy(expr: Expr | undefined): Valued | undefined {
  const kind = expr?.exprKind;
  if (kind?.case === 'constExpr') {
    const { case: type, value } = kind.value.constantKind;
    if (type === 'stringValue' || type === 'boolValue' || type === 'doubleValue') return { one: () => value };
    return type === 'int64Value' && Number.isSafeInteger(Number(value)) ? { one: () => Number(value) } : undefined;
  }
  if (kind?.case === 'listExpr') {
    const items = kind.value.elements.map(givenBy);
    if (!items.every((item) => item !== undefined && 'one' in item)) return undefined;
    return { many: (person) => items.map((item) => item.one(person)) };
  }
  if (kind?.case !== 'selectExpr' || kind.value.testOnly || rootOf(kind.value.operand) !== 'person') return undefined;
  const { field } = kind.value;
  if (field === 'groups') return { many: ({ groups }) => groups };
  return field === 'id' || field === 'region' ? { one: (person) => person[field] } : undefined;
}
