import type { RaiseIn } from '../../../kernel/alerts.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { TripView } from '../../../kernel/limits.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { Requests } from '../../../kernel/requests.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import type { Stops } from '../../../kernel/stops.ts';
import type { Holder } from './reserving.ts';
import type { Refusals } from './same-goal.ts';
import type { LimitDatabase } from './store.ts';
import type { Counter } from './window.ts';

/** Who engages the stop of a trip, as stops name it; the id of the trip follows. */
export const limitStopper = 'limit:';

/** What limits work with. */
export interface LimitParts {
  readonly database: LimitDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly keys: { readonly names: Uint8Array };
  readonly policy: () => Pick<PolicySet, 'limits' | 'plugins' | 'directory'>;
  readonly stops: Pick<Stops, 'engage' | 'release'>;
  /** Opens a request to raise what tripped; without it none is opened. */
  readonly requests?: Pick<Requests, 'open'>;
  readonly raise?: RaiseIn;
  readonly alarm?: (says: string) => void;
}

/** The same, once it is open. */
export interface Opened extends LimitParts {
  readonly holder: Holder;
  readonly refusals: Refusals;
  /** Counters as they were seen last, for moments. */
  readonly seen: Map<string, { readonly counter: Counter; readonly atMs: number }>;
  /** A breaker opened in this process. */
  readonly added: (trip: TripView) => void;
}
