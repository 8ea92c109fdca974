import { guardedFetch } from './access/jwt/outbound.ts';
import type { Announce } from './kernel/messages.ts';
import { announcer } from './messages/act.ts';
import { deliverMessages } from './messages/worker.ts';
import type { OpenPolicy } from './policy/open.ts';
import type { Store } from './wire.ts';

/** Writes what people are told, in the transaction of what it tells of; works in every process. */
export function announceOver({ database, clock }: Pick<Store, 'database' | 'clock'>, policy: Pick<OpenPolicy, 'current'>): Announce {
  return announcer({ database, clock, policy: policy.current });
}

/** Delivers it, in the processes that serve. Returns how to end it. */
export function startDelivery(parts: {
  readonly store: Store;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly link: (ticket: string) => string;
  readonly alarm: (says: string) => void;
}): () => Promise<void> {
  const { store, policy, link, alarm } = parts;
  const { database, recorder, clock } = store;
  const alerts = () => policy.current().organization.alerts;
  const post = (network: 'public' | 'private') => guardedFetch({ network, insecureLoopback: false });
  return deliverMessages({ database, recorder, clock, alerts, link, alarm, post });
}
