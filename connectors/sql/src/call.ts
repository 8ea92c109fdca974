import type { TableJudgement, TableQuestion } from '@trapkey/contract/tables.ts';
import type { Driver } from './driver.ts';
import { Refused, tableNotAllowed } from './refuse.ts';
import { fullName, isAllowed, missingWall, quoted, readable, type Schema, shortName } from './schema.ts';

const sampleRowsMax = 100;
const changing = ['change', 'delete', 'count_changes'];

/** Whether a call of one of the tools stays within its bounds, and what it reaches. Pure. */
export function judgeCall(driver: Pick<Driver, 'judge' | 'judgeChange'>, question: TableQuestion, schema: Schema): TableJudgement {
  const { tool, bounds } = question;
  const wall = missingWall(bounds, schema);
  if (wall) return { refusal: wall };
  if (tool === 'describe') return { touched: [] };
  if (bounds.tables.length === 0)
    return { refusal: { code: 'table_not_allowed', key: 'allowed_tables', says: 'This connector allows no tables' } };
  try {
    if (tool === 'query' || tool === 'sample') return driver.judge(statementOf(question, schema), bounds, schema);
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal };
    throw error;
  }
  if (!changing.includes(tool)) return { refusal: { code: 'not_offered', key: 'query', says: 'A database has no such tool' } };
  if (bounds.access === 'read-only')
    return { refusal: { code: 'read_only', key: 'access', says: 'Only reading is allowed here, and this would change rows' } };
  return driver.judgeChange(statementOf(question, schema), { tool, bounds, schema });
}

/** The statement that a call runs. */
export function statementOf({ tool, args, bounds }: TableQuestion, schema: Schema): string {
  if (tool !== 'sample') return String(args['sql']);
  const full = fullName(String(args['table']));
  const table = isAllowed(bounds, full) ? schema.tables.get(full) : undefined;
  if (!table) return tableNotAllowed(shortName(full));
  const columns = readable(bounds, full, table).map(({ name }) => quoted(name));
  const from = schema.wall === 'authorizer' ? quoted(table.name) : `${quoted(table.schema)}.${quoted(table.name)}`;
  return `select ${columns.join(', ')} from ${from} limit ${Math.min(Number(args['rows'] ?? 10), sampleRowsMax)}`;
}
