import type { Messages, MessageView } from '../kernel/messages.ts';
import { type MessageDatabase, type MessageRow, messageStore, neverMs } from './store.ts';

const listMax = 500;

/** The messages of one database, newest first. */
export function openMessages({ database }: { readonly database: MessageDatabase }): Messages {
  const store = messageStore(database);
  return { list: async ({ state }) => (await store.list(state, listMax)).map(viewOf) };
}

function viewOf(row: MessageRow): MessageView {
  const givenUp = row.next_at_ms === neverMs;
  return {
    id: row.id,
    state: row.delivered_at_ms !== null ? 'delivered' : givenUp ? 'given_up' : 'waiting',
    channel: row.channel,
    event: row.event,
    ticket: row.ticket ?? undefined,
    attempts: row.attempts,
    createdAtMs: row.created_at_ms,
    nextAtMs: row.delivered_at_ms !== null || givenUp ? undefined : row.next_at_ms,
    deliveredAtMs: row.delivered_at_ms ?? undefined,
    error: row.error ?? undefined,
  };
}
