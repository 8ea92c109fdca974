import { openRequests } from './access/requests/act.ts';
import type { RaiseIn } from './kernel/alerts.ts';
import type { Stops } from './kernel/stops.ts';
import type { OpenPolicy } from './policy/open.ts';
import { type OpenLimits, openLimits } from './stages/contain/limits/act.ts';
import type { Store } from './wire.ts';

/** The budgets and breakers over one store, for a server and for commands. */
export async function limitsOver(parts: {
  readonly store: Store;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly stops: Pick<Stops, 'engage' | 'release'>;
  readonly alarm: (says: string) => void;
  readonly raise?: RaiseIn;
}): Promise<OpenLimits> {
  const { store, policy, stops, alarm, raise } = parts;
  const { database, recorder, clock, keys } = store;
  return await openLimits({
    database,
    recorder,
    clock,
    keys,
    policy: policy.current,
    stops,
    requests: openRequests({ database, recorder, clock, policy: policy.current }),
    alarm,
    ...(raise && { raise }),
  });
}
