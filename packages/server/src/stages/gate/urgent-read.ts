import { sql } from 'kysely';
import type { TicketFilter } from '../../kernel/approvals.ts';
import type { TicketDatabase, TicketRow } from './store.ts';

/** A tier that nobody knows counts as high. */
const rank = sql<number>`case tier when 'low' then 2 when 'medium' then 1 else 0 end`;

/** What waits for a person: the highest tier first, then what expires first. Every held ticket is sorted for it, which thousands bear. */
export async function urgentTickets(
  { read }: TicketDatabase,
  { tier, person, connector, tool, rule, after }: TicketFilter,
  atMs: number,
  max: number,
): Promise<readonly TicketRow[]> {
  let query = read.selectFrom('tickets').selectAll().where('state', '=', 'held').where('expires_at_ms', '>', atMs);
  if (tier !== undefined) query = query.where('tier', '=', tier);
  if (person !== undefined) query = query.where('person', '=', person);
  if (connector !== undefined) query = query.where('connector', '=', connector);
  if (tool !== undefined) query = query.where('tool', '=', tool);
  if (rule !== undefined) query = query.where('rule', '=', rule);
  if (after !== undefined) {
    const at = after.tier === 'low' ? 2 : after.tier === 'medium' ? 1 : 0;
    query = query.where((eb) =>
      eb.or([
        eb(rank, '>', at),
        eb.and([eb(rank, '=', at), eb('expires_at_ms', '>', after.expiresAtMs)]),
        eb.and([eb(rank, '=', at), eb('expires_at_ms', '=', after.expiresAtMs), eb('id', '>', after.id)]),
      ]),
    );
  }
  return await query.orderBy(rank).orderBy('expires_at_ms').orderBy('id').limit(max).execute();
}
