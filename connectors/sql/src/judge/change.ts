import type { TableBounds, TableJudgement } from '@trapkey/contract/tables.ts';
import { columnDenied, notOffered, Refused, readOnly } from '../refuse.ts';
import { type Schema, shortName } from '../schema.ts';
import { list, node, type Tree, text } from './nodes.ts';
import type { Level, Walk } from './scope.ts';
import { parsed, touchedText, walkOf } from './statement.ts';

const kinds: Readonly<Record<string, readonly string[]>> = {
  change: ['InsertStmt', 'UpdateStmt'],
  delete: ['DeleteStmt'],
  count_changes: ['InsertStmt', 'UpdateStmt', 'DeleteStmt'],
};
const known: ReadonlySet<string> = new Set(
  'relation cols selectStmt override targetList whereClause fromClause usingClause withClause'.split(' '),
);

/** Whether a change stays within the tables that may be changed, reads only what may be read, and gives nothing back. */
export function judgeChange(
  sql: string,
  { tool, bounds, schema }: { readonly tool: string; readonly bounds: TableBounds; readonly schema: Schema },
): TableJudgement {
  try {
    const walk = walkOf(bounds, schema);
    const { kind, body } = parsed(sql);
    if (!kinds[tool]?.includes(kind)) notOffered(`${tool} does not run ${kind.replace(/Stmt$/, '')}`);
    for (const key of Object.keys(body)) if (!known.has(key)) notOffered(`The statement uses ${key}`);
    if (body['withClause'] !== undefined) notOffered('The statement uses WITH');
    changed(walk, body);
    return { touched: touchedText(walk.touched) };
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal };
    if (error instanceof RangeError) return { refusal: { code: 'invalid_input', key: 'query', says: 'The query is nested too deeply' } };
    throw error;
  }
}

function changed(walk: Walk, body: Tree): void {
  const level: Level = { items: [], outer: undefined, withs: new Map() };
  const [target] = walk.from({ RangeVar: body['relation'] }, level);
  if (!target?.table || walk.schema.tables.get(target.table)?.view !== undefined) readOnly('a change of a view');
  const targets = [...list(body['cols']), ...(body['selectStmt'] === undefined ? list(body['targetList']) : [])];
  for (const one of targets) {
    const name = text(node(one)?.body['name']) ?? '';
    const seen = target?.columns?.get(name);
    if (seen?.denied) columnDenied(`${shortName(target?.table ?? '')}.${name}`);
    if (seen === undefined) notOffered(`The table has no column ${name} that is known`);
  }
  if (body['selectStmt'] !== undefined && targets.length === 0 && target?.denied)
    columnDenied(target.alias, 'holds a denied column; name the columns');
  const select = node(body['selectStmt']);
  if (select) walk.select(select.body, undefined, new Map());
  for (const from of [...list(body['fromClause']), ...list(body['usingClause'])]) walk.from(from, level);
  walk.value(body['targetList'], level);
  walk.value(body['whereClause'], level);
}
