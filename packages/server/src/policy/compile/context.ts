import type { DocumentKind } from '@trapkey/contract/policy/documents.ts';
import type { PolicyProblem } from '@trapkey/contract/policy/reports.ts';
import { PolicyError } from '../../kernel/errors.ts';
import type { Expression } from '../../kernel/rules.ts';
import { compileExpression } from '../cel/compile.ts';
import type { ListValues } from '../cel/environment.ts';
import type { Wanted } from '../cel/result-type.ts';
import { nearest } from '../nearest.ts';
import type { Valid } from '../validate.ts';

/** What compiling one set shares: its documents, its lists, and the mistakes found so far. */
export interface CompileContext {
  readonly documents: readonly Valid[];
  readonly lists: ReadonlyMap<string, ListValues>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly problems: PolicyProblem[];
}

/** The documents of one kind, in the order of the files. */
export function ofKind<K extends DocumentKind>(context: CompileContext, kind: K): readonly Extract<Valid, { readonly kind: K }>[] {
  return context.documents.filter((document): document is Extract<Valid, { readonly kind: K }> => document.kind === kind);
}

/** Adds a mistake at its line. */
export function wrong(context: CompileContext, document: Valid, path: readonly PropertyKey[], says: string, near?: string): void {
  context.problems.push({ file: document.source.file, ...document.source.place(path), says, ...(near !== undefined && { nearest: near }) });
}

/** A name that must exist: a mistake with the nearest one when it does not. */
export function mustExist(
  context: CompileContext,
  document: Valid,
  path: readonly PropertyKey[],
  what: string,
  name: string,
  known: Iterable<string>,
): boolean {
  const names = [...known];
  if (names.includes(name)) return true;
  wrong(context, document, path, `There is no ${what} \`${name}\``, nearest(name, names));
  return false;
}

const always = ['args', 'person', 'plugin', 'release', 'profile', 'run', 'agent', 'tool', 'connector', 'lists', 'now'];
const moments = {
  /** Before anything is known but the call itself. */
  call: always,
  /** In checks: also what `tier` found. */
  facts: [...always, 'reach', 'amount', 'destination'],
  /** On the answer of a probe. */
  answer: [...always, 'result'],
  /** On a change that is taken back: what was there before, and what it answered. */
  undo: [...always, 'before', 'result'],
  /** On a staged change, for a read that shows it. */
  staged: [...always, 'staged'],
  /** On one row of a result, for whom it is read. */
  row: ['row', 'person', 'lists', 'now'],
} as const;

export interface ExpressionPlace {
  readonly document: Valid;
  readonly path: readonly PropertyKey[];
  readonly id: string;
  readonly when: keyof typeof moments;
}

/** Compiles an expression of a document. A broken one is reported and stands in as one that refuses. */
export function expressionAt<W extends Wanted>(context: CompileContext, place: ExpressionPlace, source: string, wanted: W) {
  const fields = new Map([
    ['person', new Set(['id', 'groups', 'region'])],
    ['run', new Set(['id', 'started'])],
    ['agent', new Set(['id', 'depth'])],
    ['lists', new Set(context.lists.keys())],
  ]);
  const compiled = compileExpression(source, wanted, {
    id: place.id,
    names: { roots: new Set(moments[place.when]), fields },
    lists: context.lists,
  });
  if (compiled.ok) return compiled.expression;
  wrong(context, place.document, place.path, compiled.says, compiled.nearest);
  return refusing(place.id, source, compiled.says);
}

function refusing(id: string, source: string, says: string): Expression<never> {
  return {
    id,
    source,
    mentions: new Set(),
    evaluate: () => {
      throw new PolicyError(id, says);
    },
  };
}
