import type { TicketDatabase, TicketRow } from './store.ts';

/** Tickets that ran which are looked at for one of the same tool. */
const lookedAtMax = 2_000;

/** The last ticket before this one of the same plugin and tool that people approved and that ran. */
export async function lastLike({ read }: TicketDatabase, row: TicketRow): Promise<TicketRow | undefined> {
  const ran = await read
    .selectFrom('tickets')
    .select(['id', 'plugin', 'connector', 'tool', 'decisions'])
    .where('state', '=', 'done')
    .where('created_at_ms', '<', row.created_at_ms)
    .orderBy('created_at_ms', 'desc')
    .limit(lookedAtMax)
    .execute();
  const like = ran.find(
    (one) => one.tool === row.tool && one.connector === row.connector && one.plugin === row.plugin && one.decisions !== '[]',
  );
  return like && (await read.selectFrom('tickets').selectAll().where('id', '=', like.id).executeTakeFirst());
}
