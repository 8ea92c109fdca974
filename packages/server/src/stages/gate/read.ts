import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { ExpressionBuilder } from 'kysely';
import type { Acting, TicketDetail, TicketFilter, TicketSummary } from '../../kernel/approvals.ts';
import type { Clock } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { Tables } from '../../storage/tables.ts';
import { noSuchTicket } from './deciding/commit.ts';
import { notesOn } from './deciding/store.ts';
import { goalStore } from './goals/store.ts';
import { type TicketDatabase, type TicketRow, ticketStore } from './store.ts';
import { urgentTickets } from './urgent-read.ts';
import { summaryOf, ticketEntry } from './view.ts';

const listMax = 200;
const piecesMax = 200;

/** Newest first. `open`: held or approved, and in time. */
export async function listTickets(database: TicketDatabase, filter: TicketFilter, atMs: number): Promise<readonly TicketRow[]> {
  const max = filter.max ?? listMax;
  if (filter.sort === 'urgent') return await urgentTickets(database, filter, atMs, max);
  const found = new Map<string, TicketRow>();
  // Each state in the order of an index: sorting every open ticket for the newest few takes longer the more there are. One
  // after another, so that what is approved meanwhile is found twice rather than not at all.
  for (const state of statesOf(filter.state)) for (const row of await pageOf(database, filter, state, atMs, max)) found.set(row.id, row);
  return [...found.values()].toSorted((a, b) => b.created_at_ms - a.created_at_ms || (a.id < b.id ? -1 : 1)).slice(0, max);
}

/** Time may be over before it was written down: what may still be shown is told apart by it. */
function statesOf(state: TicketFilter['state']): readonly (TicketFilter['state'] | undefined)[] {
  if (state === 'open') return ['held', 'approved'];
  if (state === 'expired') return ['held', 'approved', 'expired'];
  return [state === 'all' || state === 'decided' ? undefined : state];
}

function pageOf(database: TicketDatabase, filter: TicketFilter, state: string | undefined, atMs: number, max: number) {
  let query = database.read.selectFrom('tickets').selectAll();
  if (state !== undefined) query = query.where('state', '=', state);
  if (filter.person !== undefined) query = query.where('person', '=', filter.person);
  if (filter.tier !== undefined) query = query.where('tier', '=', filter.tier);
  if (filter.connector !== undefined) query = query.where('connector', '=', filter.connector);
  if (filter.tool !== undefined) query = query.where('tool', '=', filter.tool);
  if (filter.rule !== undefined) query = query.where('rule', '=', filter.rule);
  if (filter.after !== undefined) query = query.where(afterOf(filter.after));
  if (filter.state === 'open' || filter.state === 'held' || filter.state === 'approved') query = query.where('expires_at_ms', '>', atMs);
  if (filter.state === 'expired') query = query.where('expires_at_ms', '<=', atMs);
  // Few are open: passing over them costs less than putting six states in one order.
  if (filter.state === 'decided')
    query = query.where((eb) =>
      eb.or([
        eb('state', 'not in', ['held', 'approved', 'executing']),
        eb.and([eb('state', 'in', ['held', 'approved']), eb('expires_at_ms', '<=', atMs)]),
      ]),
    );
  if (filter.brokeGlass) query = query.where('decisions', 'like', '%"kind":"break-glass"%');
  return query.orderBy('created_at_ms', 'desc').orderBy('id').limit(max).execute();
}

/** Newest first, and by id where several came in one moment. */
function afterOf({ createdAtMs, id }: NonNullable<TicketFilter['after']>) {
  return (eb: ExpressionBuilder<Tables, 'tickets'>) =>
    eb.or([eb('created_at_ms', '<', createdAtMs), eb.and([eb('created_at_ms', '=', createdAtMs), eb('id', '>', id)])]);
}

/** Opens the frozen payload of a ticket. That somebody read it is durable before they do. */
export async function showTicket(
  parts: {
    readonly database: TicketDatabase;
    readonly recorder: Recorder;
    readonly clock: Clock;
    readonly unseal: (digest: string) => Promise<Json>;
  },
  id: string,
  by: Acting,
): Promise<TicketDetail> {
  const row = await ticketStore(parts.database).byId(id);
  if (!row) throw noSuchTicket(id);
  const atMs = parts.clock();
  await parts.recorder.commit({ entries: [{ ...ticketEntry(row, 'admin', atMs), ...reading(id, by) }] });
  const payload = payloadOf(row, await parts.unseal(row.arguments).catch(() => undefined));
  const original = row.original === null ? undefined : payloadOf(row, await parts.unseal(row.original).catch(() => undefined));
  const pieces = row.goal === null ? [] : await goalStore(parts.database).tickets(row.goal, Number(row.created_at_ms), piecesMax);
  return {
    ...summaryOf(row, atMs),
    payload,
    bound: { arguments: row.arguments, definition: row.definition, policy: row.policy },
    ...(original && { original }),
    notes: await notesOn(parts.database, id),
    pieces: pieces.filter((piece) => piece.id !== id).map((piece) => ({ ...piece, state: piece.state as TicketSummary['state'] })),
  };
}

/** The arguments of a ticket that was decided before, for whoever compares another with it; nothing where they were erased. */
export async function openedBefore(
  parts: Parameters<typeof showTicket>[0],
  row: TicketRow,
  by: Acting,
): Promise<{ readonly ticket: TicketSummary; readonly arguments: Json } | undefined> {
  const atMs = parts.clock();
  const sealed = await parts.unseal(row.arguments).catch(() => undefined);
  if (!isObject(sealed)) return undefined;
  await parts.recorder.commit({ entries: [{ ...ticketEntry(row, 'admin', atMs), ...reading(row.id, by) }] });
  return { ticket: summaryOf(row, atMs), arguments: sealed['arguments'] ?? null };
}

function reading(id: string, by: Acting) {
  return { action: 'payload.read', subject: id, on_behalf_of: by.person, assurance: { on_behalf_of: by.assurance } } as const;
}

function payloadOf(row: TicketRow, sealed: Json | undefined): TicketDetail['payload'] {
  if (!isObject(sealed)) {
    throw new UserError(
      `What ticket ${row.id} would send cannot be opened: it was erased, or its key is not here.`,
      'A call that nobody can look at should be refused.',
    );
  }
  const call = isObject(sealed['call']) ? sealed['call'] : {};
  return {
    method: call['method'] ?? null,
    name: call['name'] ?? null,
    arguments: sealed['arguments'] ?? null,
    extra: sealed['extra'] ?? null,
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
