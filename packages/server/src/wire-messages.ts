import { guardedFetch } from './access/jwt/outbound.ts';
import type { Raise } from './kernel/alerts.ts';
import { counted } from './kernel/counted.ts';
import type { Announce, Tell } from './kernel/messages.ts';
import { announcer, teller } from './messages/act.ts';
import type { MessageRow } from './messages/store.ts';
import { deliverMessages } from './messages/worker.ts';
import type { OpenPolicy } from './policy/open.ts';
import type { Store } from './wire.ts';

/** Writes what people are told, in the transaction of what it tells of; works in every process. */
export function announceOver({ database, clock }: Pick<Store, 'database' | 'clock'>, policy: Pick<OpenPolicy, 'current'>): Announce {
  return announcer({ database, clock, policy: policy.current });
}

/** The same for what is no ticket. */
export function tellOver({ database, clock }: Pick<Store, 'database' | 'clock'>, policy: Pick<OpenPolicy, 'current'>): Tell {
  return teller({ database, clock, policy: policy.current });
}

/** Delivers it, in the processes that serve. Returns how to end it. */
export function startDelivery(parts: {
  readonly store: Store;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly link: (path: string) => string;
  readonly alarm: (says: string) => void;
  readonly raise: Raise;
  /** Whether a Slack app sends what is pressed back to us. */
  readonly buttons: boolean;
}): () => Promise<void> {
  const { store, policy, link, alarm, raise, buttons } = parts;
  const { database, recorder, clock } = store;
  const alerts = () => policy.current().organization.alerts;
  const post = (network: 'public' | 'private') => guardedFetch({ network, insecureLoopback: false });
  return deliverMessages({
    database,
    recorder,
    clock,
    alerts,
    link,
    alarm,
    post,
    buttons,
    failing: (row, says) => raiseUndelivered(raise, row, says),
  });
}

/** What says that a channel is dead goes out by the others; it must not be about itself for ever. */
function raiseUndelivered(raise: Raise, { id, event, channel, about, attempts }: MessageRow, says: string): void {
  if (event.startsWith('undelivered')) return;
  const by = channel.split(':')[0] ?? channel;
  raise({
    kind: 'undelivered',
    scope: `channel:${by}`,
    says: `Messages by ${by} could not be delivered: ${says}. They are tried again for about a day and then given up.`,
    facts: [`The newest is ${id}, about ${about ?? 'a ticket'}, tried ${counted(attempts, 'time', 'times')}`, 'See: trapkey messages list'],
    link: '/messages',
  });
}
