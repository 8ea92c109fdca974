import { openAlerts, raiserIn } from './effects/observe/act.ts';
import { openRaiseQueue, type RaiseQueue } from './effects/observe/raise.ts';
import { observe } from './effects/observe/worker.ts';
import type { Alarm, Alerts, RaiseIn } from './kernel/alerts.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { OpenPolicy } from './policy/open.ts';
import type { Store } from './wire.ts';
import { tellOver } from './wire-messages.ts';

/** What this process raises, and a line at the console that is raised too. */
export interface Signals extends Pick<RaiseQueue, 'raise'> {
  readonly queue: RaiseQueue;
  readonly alarm: Alarm;
}

/** Opens them before anything that may have something to say. */
export function openSignals({ clock }: Pick<Store, 'clock'>, line: (says: string) => void): Signals {
  const queue = openRaiseQueue(clock);
  return {
    queue,
    raise: queue.raise,
    alarm(says, about) {
      line(says);
      if (about === 'no alert') return;
      const [first = says, ...facts] = says.split('\n');
      queue.raise({ ...(about ?? { kind: 'trouble', scope: 'server' }), says: first, facts });
    },
  };
}

/** Raises signals in the transaction of what they tell of; works in every process. */
export function raiseInOver({ database, clock }: Pick<Store, 'database' | 'clock'>): RaiseIn {
  return raiserIn({ database, clock });
}

/** Makes alerts of the record and of what was raised, in the processes that serve. Returns how to end it. */
export function startObserving(parts: {
  readonly store: Store;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly queue: RaiseQueue;
}): () => Promise<void> {
  const { store, policy, queue } = parts;
  const { database, recorder, clock } = store;
  return observe({ database, recorder, clock, policy: policy.current, tell: tellOver(store, policy), queue });
}

/** What people may do with the alerts of a store. */
export function alertsOver({ database, recorder, clock }: Store, policy: () => PolicySet): Alerts {
  return openAlerts({ database, recorder, clock, policy });
}
