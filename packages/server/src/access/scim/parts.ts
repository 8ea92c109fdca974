import type { Clock } from '../../kernel/clock.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { ScimReader } from './read.ts';

/** What keeping people and groups works with. */
export interface ScimParts {
  readonly reader: ScimReader;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** The directory that calls are decided by reads anew; awaited before the provider hears that it is done. */
  readonly refresh: () => Promise<void>;
}
