import type { TableBounds, TableJudgement } from '@trapkey/contract/tables.ts';
import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';
import { invalid, notOffered, Refused, readOnly } from '../refuse.ts';
import { type Schema, shortName } from '../schema.ts';
import { from } from './from.ts';
import { list, node, type Tree } from './nodes.ts';
import type { Walk } from './scope.ts';
import { select } from './select.ts';
import { value } from './value.ts';

/** A statement is no longer than this, and has no more parts: looking at it must cost less than running it. */
export const statementBytesMax = 64 * 1024;
const selectsMax = 200;
const bracketsMax = 2_000;

let loaded = false;

/** Makes the parser ready; nothing is judged before. */
export async function loadParser(): Promise<void> {
  await loadModule();
  loaded = true;
}

/** Whether statements can be judged yet. */
export function parserReady(): boolean {
  return loaded;
}

/** The one statement of a text, as PostgreSQL's own grammar reads it; throws `Refused` where it is none, or several. */
export function parsed(sql: string): { readonly kind: string; readonly body: Tree } {
  if (Buffer.byteLength(sql) > statementBytesMax) invalid(`The query is over ${statementBytesMax} bytes`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[\u0000-\u0008\u000e-\u001f\u007f\ufffe\uffff]/.test(sql) || !sql.isWellFormed()) invalid('The query has control characters');
  if ((sql.match(/select|values/gi)?.length ?? 0) > selectsMax || (sql.match(/[([]/g)?.length ?? 0) > bracketsMax)
    invalid('The query has too many parts');
  let statements: readonly unknown[];
  try {
    statements = list(parseSync(sql).stmts);
  } catch (error) {
    const at = hasSqlDetails(error) ? ` near character ${error.sqlDetails?.cursorPosition ?? 0}` : '';
    return invalid(`The query does not parse${at}`);
  }
  if (statements.length !== 1)
    invalid(statements.length === 0 ? 'There is no query' : 'There is more than one statement; send one at a time');
  const { stmt } = statements[0] as { readonly stmt?: unknown };
  return node(stmt) ?? invalid('The query does not parse');
}

/** Whether a statement reaches only what the bounds allow, and what that is. Pure: the same text and schema, the same answer. */
export function judgeStatement(sql: string, bounds: TableBounds, schema: Schema): TableJudgement {
  try {
    const walk = walkOf(bounds, schema);
    readable(walk, parsed(sql));
    return { touched: touchedText(walk.touched) };
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal };
    if (error instanceof RangeError) return { refusal: { code: 'invalid_input', key: 'query', says: 'The query is nested too deeply' } };
    throw error;
  }
}

/** A walk over one statement. */
export function walkOf(bounds: TableBounds, schema: Schema): Walk {
  const walk: Walk = {
    bounds,
    schema,
    touched: new Map(),
    select: (body, outer, withs) => select(walk, body, outer, withs),
    value: (given, level) => value(walk, given, level),
    from: (given, level) => from(walk, given, level),
  };
  return walk;
}

const changing = /^(?:Insert|Update|Delete|Merge|Create|Alter|Drop|Truncate|Grant|Copy|Do|Call|Vacuum|Reindex|Comment|Rename|Refresh|Lock)/;

/** A select, or the plan of one. */
function readable(walk: Walk, { kind, body }: { readonly kind: string; readonly body: Tree }): void {
  if (kind === 'SelectStmt') {
    walk.select(body, undefined, new Map());
    for (const table of [...walk.touched.keys()]) through(walk, table, new Set());
  } else if (kind === 'ExplainStmt') {
    const query = node(body['query']);
    const options = list(body['options']).map((one) => node(one)?.body['defname']);
    if (options.some((option) => option !== 'costs' && option !== 'format' && option !== 'summary'))
      notOffered('EXPLAIN has options that run the query or tell more');
    if (query?.kind !== 'SelectStmt') readOnly(`EXPLAIN of ${query?.kind ?? 'nothing'}`);
    else readable(walk, query);
  } else if (changing.test(kind)) readOnly(kind.replace(/Stmt$/, ''));
  else notOffered(`${kind.replace(/Stmt$/, '')} is no query`);
}

/** A view is what it reads: all of that must be allowed as well. */
function through(walk: Walk, table: string, seen: Set<string>): void {
  const view = walk.schema.tables.get(table)?.view;
  if (view === undefined || seen.has(table)) return;
  seen.add(table);
  const inner = walkOf(walk.bounds, walk.schema);
  try {
    const { kind, body } = parsed(view);
    if (kind !== 'SelectStmt') throw new Error(kind);
    inner.select(body, undefined, new Map());
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code, key, says } = error.refusal;
    throw new Refused({ code, key, says: `The view ${shortName(table)} reads more than is allowed: ${says}` });
  }
  for (const below of inner.touched.keys()) through(walk, below, seen);
}

/** What was met, as the record has it. */
export function touchedText(touched: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  return [...touched].map(([table, columns]) => `${shortName(table)}(${[...columns].sort().join(', ')})`);
}
