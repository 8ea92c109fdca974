import { tool } from '@trapkey/contract/policy/connector.ts';
import type { TableBounds } from '@trapkey/contract/tables.ts';
import type { Valid } from '../validate.ts';
import { isSql } from './connection.ts';
import { type CompileContext, ofKind, wrong } from './context.ts';

type ConnectorDocument = Extract<Valid, { kind: 'connector' }>;

/** Rows of one answer where the document names no limit, and how many answers of that size a run may have together. */
const rowLimit = 1_000;
const answersPerRunMax = 4;

const probe = { probe: { tool: 'count_changes', args: { sql: 'args.sql' } }, value: 'result.changed' };

/** What a database offers without being asked to: reading, and with `access: read-write` also changing. */
const reading = {
  query: tool.parse({ effect: 'read' }),
  describe: tool.parse({ effect: 'read' }),
  sample: tool.parse({ effect: 'read' }),
};
const changing = {
  count_changes: tool.parse({ effect: 'read' }),
  change: tool.parse({ effect: 'write', reach: probe }),
  delete: tool.parse({ effect: 'delete', reach: probe }),
};

/** Gives the connectors over databases the tools of a database, under whatever their documents say of them. */
export function withDatabaseTools(documents: readonly Valid[]): readonly Valid[] {
  const databases = new Set(documents.flatMap((one) => (one.kind === 'connection' && isSql(one) ? [one.id] : [])));
  return documents.map((one) => {
    if (one.kind !== 'connector' || !databases.has(one.body.connection ?? one.body.connector)) return one;
    const own = one.body.access === 'read-write' ? { ...reading, ...changing } : reading;
    return { ...one, body: { ...one.body, tools: { ...own, ...one.body.tools } } };
  });
}

/** How far a connector over a database goes. */
export function databaseBounds(context: CompileContext, document: ConnectorDocument): TableBounds {
  const { body } = document;
  for (const [name, { effect }] of Object.entries({ ...reading, ...changing })) {
    const given = body.tools[name];
    if (given && given.effect !== effect && given.effect !== 'execute')
      wrong(context, document, ['tools', name, 'effect'], `\`${name}\` of a database has effect \`${effect}\``);
  }
  return {
    access: body.access,
    tables: body.allowed_tables ?? [],
    deniedColumns: body.denied_columns ?? [],
    rowLimit: body.row_limit ?? rowLimit,
  };
}

/** The limit that keeps paging from reading what one answer may not hold; undefined where the document has one of its own. */
export function rowsOfRun(context: CompileContext, { body }: ConnectorDocument): string | undefined {
  const connection = ofKind(context, 'connection').find(({ id }) => id === (body.connection ?? body.connector));
  if (!isSql(connection) || body.limits?.rows_read !== undefined) return undefined;
  return `${(body.row_limit ?? rowLimit) * answersPerRunMax} per run`;
}
