import type { Clock } from '../kernel/clock.ts';
import { UserError } from '../kernel/errors.ts';
import type { Messages, MessageView } from '../kernel/messages.ts';
import type { Recorder } from '../kernel/recorder.ts';
import { messageEntry } from './entry.ts';
import { type MessageDatabase, type MessageRow, messageStore, neverMs } from './store.ts';
import type { Body } from './text.ts';

const listMax = 500;

/** The messages of one database, newest first. */
export function openMessages({
  database,
  recorder,
  clock,
}: {
  readonly database: MessageDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
}): Messages {
  const store = messageStore(database);
  return {
    list: async ({ state }) => (await store.list(state, listMax)).map(viewOf),
    async retry({ message, by, via }) {
      if (!by.roles.some((role) => role === 'operator' || role === 'administrator'))
        throw new UserError('Messages are sent again by an operator or administrator. Nothing was changed.');
      let found: MessageRow | undefined;
      await recorder.commit({
        entries: [],
        steps: async (tx) => {
          found = await store.again(tx, message, clock());
          return found
            ? { ok: true, entries: [messageEntry(found, 'message.retried', clock(), { person: by.person, via })] }
            : { ok: false, conflict: 'no such message' };
        },
      });
      if (found) return;
      throw new UserError(
        `There is no message ${message.slice(0, 40)} that waits to be delivered. Nothing was changed.`,
        'See them with `trapkey messages list`.',
      );
    },
  };
}

function viewOf(row: MessageRow): MessageView {
  const givenUp = row.next_at_ms === neverMs;
  return {
    id: row.id,
    state: row.delivered_at_ms !== null ? 'delivered' : givenUp ? 'given_up' : 'waiting',
    channel: row.channel,
    event: row.event,
    ticket: row.ticket ?? undefined,
    about: row.about ?? undefined,
    path: pathOf(row),
    attempts: row.attempts,
    createdAtMs: row.created_at_ms,
    nextAtMs: row.delivered_at_ms !== null || givenUp ? undefined : row.next_at_ms,
    deliveredAtMs: row.delivered_at_ms ?? undefined,
    error: row.error ?? undefined,
  };
}

/** The page of what a message tells of. */
export function pathOf(row: MessageRow): string {
  return (JSON.parse(row.body) as Body).path ?? `/t/${row.ticket ?? ''}`;
}
