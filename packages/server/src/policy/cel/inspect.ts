import type { parse } from '@bufbuild/cel';
import { nearest } from '../nearest.ts';
import { environment, linearPattern } from './environment.ts';

type Expr = NonNullable<ReturnType<typeof parse>['expr']>;

/** What an expression may name: roots, and the fields of those roots whose shape is fixed. */
export interface Names {
  readonly roots: ReadonlySet<string>;
  /** `lists` → its names; a root that is missing here may have any field. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What was found in the tree of an expression. */
export interface Inspection {
  readonly mentions: ReadonlySet<string>;
  readonly problems: readonly { readonly says: string; readonly nearest?: string }[];
}

const laterNames = new Set(['provenance', 'before', 'entitlement', 'batch', 'ticket']);
const nestingMax = 2;
const types = new Set(['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type', 'dyn']);

/** Walks the tree: names, functions, constant patterns, and how deep loops are nested. */
export function inspect(root: Expr, names: Names): Inspection {
  const mentions = new Set<string>();
  const problems: { says: string; nearest?: string }[] = [];
  const problem = (says: string, near?: string): void => void problems.push({ says, ...(near !== undefined && { nearest: near }) });

  const ident = (name: string, bound: ReadonlySet<string>): void => {
    if (bound.has(name) || types.has(name)) return;
    if (names.roots.has(name)) return void mentions.add(name);
    if (laterNames.has(name)) return problem(`This build cannot enforce \`${name}\``);
    problem(`Unknown name \`${name}\` here; known are ${[...names.roots].join(', ')}`, nearest(name, names.roots));
  };
  const field = (operand: Expr | undefined, name: string, bound: ReadonlySet<string>): void => {
    if (operand?.exprKind.case !== 'identExpr' || bound.has(operand.exprKind.value.name)) return;
    const root = operand.exprKind.value.name;
    const known = names.fields.get(root);
    if (known && !known.has(name)) problem(`\`${root}\` has no \`${name}\``, nearest(name, known));
  };
  const walk = (expr: Expr | undefined, bound: ReadonlySet<string>, nesting: number): void => {
    const kind = expr?.exprKind;
    switch (kind?.case) {
      case 'identExpr':
        return ident(kind.value.name, bound);
      case 'selectExpr':
        field(kind.value.operand, kind.value.field, bound);
        return walk(kind.value.operand, bound, nesting);
      case 'callExpr': {
        const { function: name, target, args } = kind.value;
        const says = functionProblem(name, args);
        if (says) problem(says.says, says.nearest);
        walk(target, bound, nesting);
        for (const arg of args) walk(arg, bound, nesting);
        return;
      }
      case 'listExpr':
        for (const element of kind.value.elements) walk(element, bound, nesting);
        return;
      case 'structExpr':
        if (kind.value.messageName) problem(`\`${kind.value.messageName}\` is no type that a policy can make`);
        for (const entry of kind.value.entries) {
          if (entry.keyKind.case === 'mapKey') walk(entry.keyKind.value, bound, nesting);
          walk(entry.value, bound, nesting);
        }
        return;
      case 'comprehensionExpr': {
        if (nesting >= nestingMax) return problem(`Loops are nested deeper than ${nestingMax}`);
        const loop = kind.value;
        const inner = new Set([...bound, loop.accuVar, loop.iterVar, loop.iterVar2]);
        walk(loop.iterRange, bound, nesting);
        for (const part of [loop.accuInit, loop.loopCondition, loop.loopStep, loop.result]) walk(part, inner, nesting + 1);
        return;
      }
    }
  };
  walk(root, new Set(), 0);
  return { mentions, problems };
}

const controlFlow = new Set(['_&&_', '_||_', '_?_:_', '_[_]', '@not_strictly_false', '_[?_]', '_?._']);

function functionProblem(name: string, args: readonly Expr[]): { says: string; nearest?: string } | undefined {
  const functions = [...environment.funcs].map((func) => func.name);
  if (!controlFlow.has(name) && !functions.includes(name)) {
    const near = nearest(name, functions.filter((known) => /^[a-z]/i.test(known)));
    return { says: `Unknown function \`${name}\``, ...(near !== undefined && { nearest: near }) };
  }
  const literal = args[0]?.exprKind;
  if (name !== 'matches' || literal?.case !== 'constExpr' || literal.value.constantKind.case !== 'stringValue') return undefined;
  try {
    linearPattern(literal.value.constantKind.value);
    return undefined;
  } catch (error) {
    return { says: `The pattern ${JSON.stringify(literal.value.constantKind.value)} cannot be used: ${error instanceof Error ? error.message : 'it is malformed'}` };
  }
}
