import { nearest } from '../nearest.ts';
import { childrenOf, type Expr } from './children.ts';
import { environment, linearPattern } from './environment.ts';

type Loop = Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value'];

/** What an expression may name: roots, and the fields of those roots whose shape is fixed. */
export interface Names {
  readonly roots: ReadonlySet<string>;
  /** `lists` → its names; a root that is missing here may have any field. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Problem {
  readonly says: string;
  readonly nearest?: string;
}

/** What was found in the tree of an expression. */
export interface Inspection {
  readonly mentions: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

interface Walk {
  readonly names: Names;
  readonly mentions: Set<string>;
  readonly problems: Problem[];
}

const laterNames = new Set(['provenance', 'before', 'entitlement', 'batch', 'ticket']);
const nestingMax = 2;
const types = new Set(['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type', 'dyn']);
const controlFlow = new Set(['_&&_', '_||_', '_?_:_', '_[_]', '@not_strictly_false', '_[?_]', '_?._']);

/** Walks the tree: names, functions, constant patterns, and how deep loops are nested. */
export function inspect(root: Expr, names: Names): Inspection {
  const walk: Walk = { names, mentions: new Set(), problems: [] };
  visit(walk, root, new Set(), 0);
  return walk;
}

function visit(walk: Walk, expr: Expr | undefined, bound: ReadonlySet<string>, nesting: number): void {
  const kind = expr?.exprKind;
  if (kind?.case === 'identExpr') visitName(walk, kind.value.name, bound);
  if (kind?.case === 'comprehensionExpr') visitLoop(walk, kind.value, bound, nesting);
  if (kind?.case === 'selectExpr') visitField(walk, kind.value.operand, kind.value.field, bound);
  if (kind?.case === 'callExpr') visitFunction(walk, kind.value.function, kind.value.args);
  if (kind?.case === 'structExpr' && kind.value.messageName)
    walk.problems.push({ says: `\`${kind.value.messageName}\` is no type that a policy can make` });
  for (const child of childrenOf(expr)) visit(walk, child, bound, nesting);
}

function visitLoop(walk: Walk, loop: Loop, bound: ReadonlySet<string>, nesting: number): void {
  if (nesting >= nestingMax) {
    walk.problems.push({ says: `Loops are nested deeper than ${nestingMax}` });
    return;
  }
  const inner = new Set([...bound, loop.accuVar, loop.iterVar, loop.iterVar2]);
  visit(walk, loop.iterRange, bound, nesting);
  for (const part of [loop.accuInit, loop.loopCondition, loop.loopStep, loop.result]) visit(walk, part, inner, nesting + 1);
}

function visitName({ names, mentions, problems }: Walk, name: string, bound: ReadonlySet<string>): void {
  if (bound.has(name) || types.has(name)) return;
  if (names.roots.has(name)) mentions.add(name);
  else if (laterNames.has(name)) problems.push({ says: `This build cannot enforce \`${name}\`` });
  else problems.push(unknown(`Unknown name \`${name}\` here; known are ${[...names.roots].join(', ')}`, name, names.roots));
}

function visitField({ names, problems }: Walk, operand: Expr | undefined, field: string, bound: ReadonlySet<string>): void {
  if (operand?.exprKind.case !== 'identExpr' || bound.has(operand.exprKind.value.name)) return;
  const root = operand.exprKind.value.name;
  const known = names.fields.get(root);
  if (known && !known.has(field)) problems.push(unknown(`\`${root}\` has no \`${field}\``, field, known));
}

function visitFunction({ problems }: Walk, name: string, args: readonly Expr[]): void {
  const functions = [...environment.funcs].map((func) => func.name);
  if (!controlFlow.has(name) && !functions.includes(name)) {
    problems.push(
      unknown(
        `Unknown function \`${name}\``,
        name,
        functions.filter((known) => /^[a-z]/i.test(known)),
      ),
    );
  }
  const literal = args[0]?.exprKind;
  if (name !== 'matches' || literal?.case !== 'constExpr' || literal.value.constantKind.case !== 'stringValue') return;
  const pattern = literal.value.constantKind.value;
  try {
    linearPattern(pattern);
  } catch (error) {
    problems.push({
      says: `The pattern ${JSON.stringify(pattern)} cannot be used: ${error instanceof Error ? error.message : 'it is malformed'}`,
    });
  }
}

function unknown(says: string, typed: string, known: Iterable<string>): Problem {
  const near = nearest(typed, known);
  return { says, ...(near !== undefined && { nearest: near }) };
}
