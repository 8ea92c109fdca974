import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Reader } from '@trapkey/contract/rows.ts';
import type { TableBounds, TableRefusal } from '@trapkey/contract/tables.ts';
import type { Upstream, UpstreamLimits, UpstreamListeners, UpstreamReply, UpstreamRequest } from '@trapkey/contract/upstream.ts';
import { answer } from './answer.ts';
import { judgeCall, statementOf } from './call.ts';
import { definitionsOf } from './definitions.ts';
import type { Driver, Limited, Ran } from './driver.ts';
import { loadParser } from './judge/statement.ts';
import { Refused } from './refuse.ts';
import { isAllowed, readable, type Schema, shortName } from './schema.ts';

/** A schema older than this is read again before it is judged with. */
const schemaMs = 60_000;

/** What is known of one address, over all who have it open. */
export interface Known {
  schema: Schema | undefined;
  reading: Promise<Schema> | undefined;
}

export interface DatabaseParts {
  readonly driver: Driver;
  readonly dialect: 'PostgreSQL' | 'SQLite';
  readonly known: Known;
  readonly limits: UpstreamLimits;
}

/** A database as an upstream: nothing is asked of it that the bounds of the call do not allow, whoever decided before. */
export function databaseUpstream(parts: DatabaseParts): Upstream {
  return {
    async definitions() {
      await Promise.all([loadParser(), fresh(parts, true)]);
      return definitionsOf(parts.dialect);
    },
    async request(request, listeners) {
      try {
        return await run(parts, request, listeners);
      } catch (error) {
        if (listeners.signal.aborted) return { kind: 'unsent', detail: 'the caller cancelled' };
        return { kind: 'unsent', detail: error instanceof Error ? error.message : String(error) };
      }
    },
    onNotification: () => undefined,
    close: () => parts.driver.close(),
  };
}

async function fresh({ driver, known }: DatabaseParts, now = false): Promise<Schema> {
  if (!now && known.schema && performance.now() - known.schema.readAtMs < schemaMs) return known.schema;
  known.reading ??= driver.schema().finally(() => {
    known.reading = undefined;
  });
  known.schema = await known.reading;
  return known.schema;
}

async function run(parts: DatabaseParts, request: UpstreamRequest, listeners: UpstreamListeners): Promise<UpstreamReply> {
  const { bounds, params, method } = request;
  const { name: tool } = params;
  if (method !== 'tools/call' || typeof tool !== 'string') return { kind: 'error', code: -32601, message: 'There are only tools here' };
  if (!bounds) return { kind: 'unsent', detail: 'nothing says which tables may be read' };
  const [schema] = await Promise.all([fresh(parts), loadParser()]);
  const args = (params['arguments'] ?? {}) as JsonObject;
  const judged = judgeCall(parts.driver, { tool, args, bounds }, schema);
  if ('refusal' in judged) return { kind: 'refused', refusal: judged.refusal };
  const rows = request.reader?.rows;
  // Reads no rows of any table.
  if (tool === 'describe') return replied(describe(bounds, schema), rows);
  const given = statementOf({ tool, args, bounds }, schema);
  if (tool === 'change' || tool === 'delete' || tool === 'count_changes') {
    if (rows !== undefined) return { kind: 'refused', refusal: rowsNotPushed };
    const ran = await parts.driver.change(given, { tool, bounds, signal: listeners.signal });
    return ran.kind === 'failed' ? failed(ran) : replied(changed(ran.changed ?? 0, tool));
  }
  const held = heldTo(rows, given, { driver: parts.driver, bounds, schema });
  if ('refusal' in held) return { kind: 'refused', refusal: held.refusal };
  const limit = { rowsMax: bounds.rowLimit, bytesMax: Math.floor(parts.limits.resultBytesMax / 3), signal: listeners.signal, bounds };
  const ran = await parts.driver.read(held.sql, { ...limit, over: held.over });
  return ran.kind === 'failed' ? failed(ran) : replied(answer(ran, bounds, schema), rows);
}

const rowsNotPushed: TableRefusal = {
  code: 'not_enforceable',
  key: 'query',
  says: 'An entitlement limits the rows that this person may see, and this connector cannot limit this to them',
};

type Rows = Exclude<Reader['rows'], undefined>;

/** The query over only the rows of its reader: what it makes of them cannot be screened afterwards. */
function heldTo(
  rows: Rows | undefined,
  sql: string,
  { driver, bounds, schema }: { readonly driver: Driver; readonly bounds: TableBounds; readonly schema: Schema },
): Limited | { readonly refusal: TableRefusal } {
  if (rows === undefined) return { sql };
  if (rows === 'in words only') return { refusal: rowsNotPushed };
  try {
    return driver.limited(sql, rows, bounds, schema);
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal };
    throw error;
  }
}

function replied(result: JsonObject, rows?: Rows): UpstreamReply {
  return { kind: 'result', result, bytes: Buffer.byteLength(JSON.stringify(result)), ...(rows !== undefined && { rowsApplied: true }) };
}

function failed({ says, denied }: Extract<Ran, { kind: 'failed' }>): UpstreamReply {
  if (!denied) return replied({ content: [{ type: 'text', text: says }], isError: true });
  const refusal: TableRefusal = { code: 'table_not_allowed', key: 'allowed_tables', says };
  return { kind: 'refused', refusal };
}

function changed(count: number, tool: string): JsonObject {
  const structured = { rows: [], columns: {}, row_count: 0, complete: true, changed: count };
  const text = tool === 'count_changes' ? `${count} rows would change; none did.` : `${count} rows changed.`;
  return { content: [{ type: 'text', text }], structuredContent: structured };
}

/** What may be read, and nothing of what may not. */
function describe(bounds: TableBounds, schema: Schema): JsonObject {
  const allowed = [...schema.tables].filter(([full]) => isAllowed(bounds, full));
  const rows = allowed.map(([full, table]) => ({
    table: shortName(full),
    kind: table.view === undefined ? 'table' : 'view',
    columns: Object.fromEntries(readable(bounds, full, table).map(({ name, type }) => [name, type])),
  }));
  const structured = { columns: { table: 'text', kind: 'text', columns: 'json' }, rows, row_count: rows.length, complete: true };
  return { content: [{ type: 'text', text: JSON.stringify(structured) }], structuredContent: structured };
}
