import type { Clock } from '../kernel/clock.ts';
import { randomCrockford } from '../kernel/ids.ts';
import type { Announce, Tell } from '../kernel/messages.ts';
import { type AddressingPolicy, channelsFor, channelsForNotice } from './addressing.ts';
import { type MessageDatabase, type MessageRow, messageStore } from './store.ts';
import { bodyOf, bodyOfNotice } from './text.ts';

/** More than so many that nobody gets are no help: what comes after them is left out, and the worker says so. */
const waitingMax = 10_000;

interface WritingParts {
  readonly database: MessageDatabase;
  readonly clock: Clock;
  readonly policy: () => AddressingPolicy;
}

/** Writes messages in the transaction of what they tell of: told means it happened, and happened means it will be told. */
export function announcer(parts: WritingParts): Announce {
  const store = messageStore(parts.database);
  return async (tx, event, ticket, more) => {
    const channels = channelsFor(parts.policy(), event, ticket);
    if (channels.length === 0) return;
    const atMs = parts.clock();
    const body = JSON.stringify(bodyOf(event, ticket, more, atMs));
    const row = {
      event,
      ticket: ticket.id,
      body,
      attempts: 0,
      next_at_ms: atMs,
      created_at_ms: atMs,
      delivered_at_ms: null,
      error: null,
      about: null,
    };
    await store.add(
      tx,
      channels.map((channel) => ({ ...row, id: `M-${randomCrockford(16)}`, channel })),
      waitingMax,
    );
  };
}

/** The same for what is no ticket: alerts, requests. */
export function teller(parts: WritingParts): Tell {
  const store = messageStore(parts.database);
  return async (tx, notices) => {
    const atMs = parts.clock();
    const rows = notices.flatMap((notice): readonly MessageRow[] => {
      const body = JSON.stringify(bodyOfNotice(notice, atMs));
      const row = { event: notice.event, ticket: null, about: notice.id, body, attempts: 0, next_at_ms: atMs, created_at_ms: atMs };
      return channelsForNotice(parts.policy(), notice).map((channel) => ({
        ...row,
        ...{ id: `M-${randomCrockford(16)}`, channel, delivered_at_ms: null, error: null },
      }));
    });
    if (rows.length > 0) await store.add(tx, rows, waitingMax);
  };
}
