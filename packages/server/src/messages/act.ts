import type { Clock } from '../kernel/clock.ts';
import { randomCrockford } from '../kernel/ids.ts';
import type { Announce } from '../kernel/messages.ts';
import { type AddressingPolicy, channelsFor } from './addressing.ts';
import { type MessageDatabase, messageStore } from './store.ts';
import { bodyOf } from './text.ts';

/** More than so many that nobody gets are no help: what comes after them is left out, and the worker says so. */
const waitingMax = 10_000;

/** Writes messages in the transaction of what they tell of: told means it happened, and happened means it will be told. */
export function announcer(parts: {
  readonly database: MessageDatabase;
  readonly clock: Clock;
  readonly policy: () => AddressingPolicy;
}): Announce {
  const store = messageStore(parts.database);
  return async (tx, event, ticket, more) => {
    const channels = channelsFor(parts.policy(), event, ticket);
    if (channels.length === 0) return;
    const atMs = parts.clock();
    const body = JSON.stringify(bodyOf(event, ticket, more, atMs));
    const row = { event, ticket: ticket.id, body, attempts: 0, next_at_ms: atMs, created_at_ms: atMs, delivered_at_ms: null, error: null };
    await store.add(
      tx,
      channels.map((channel) => ({ ...row, id: `M-${randomCrockford(16)}`, channel })),
      waitingMax,
    );
  };
}
