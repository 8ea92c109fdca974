import type { Approvals } from './kernel/approvals.ts';
import type { Judge } from './kernel/judge.ts';
import type { Announce } from './kernel/messages.ts';
import type { Stops } from './kernel/stops.ts';
import type { OpenPolicy } from './policy/open.ts';
import { openApprovals } from './stages/gate/deciding/act.ts';
import type { Store } from './wire.ts';
import { authorOver } from './wire-author.ts';
import { announceOver } from './wire-messages.ts';

/** What people may do with the tickets of a store, under its running policy. */
export function approvalsOver(parts: {
  readonly store: Store;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly judge: Judge;
  readonly stops: Stops;
  readonly announce?: Announce | undefined;
  readonly alarm: (says: string) => void;
}): Approvals {
  const { store, policy, judge, stops, alarm } = parts;
  const announce = parts.announce ?? announceOver(store, policy);
  const { database, recorder, clock, keys, payloads } = store;
  return openApprovals({
    database,
    recorder,
    clock,
    policy: policy.current,
    unseal: payloads.unseal,
    judge,
    keys,
    stops,
    announce,
    author: authorOver(database),
    alarm,
  });
}
