import type { Clock } from '../../../../kernel/clock.ts';
import { UserError } from '../../../../kernel/errors.ts';
import type { Recorder } from '../../../../kernel/recorder.ts';
import type { Stops } from '../../../../kernel/stops.ts';
import { wordsOf } from '../../deciding/commit.ts';
import type { DecidingPolicy } from '../../deciding/people.ts';
import { type BatchRow, batchById } from '../proposal/store.ts';
import type { ApplyingDatabase } from './applying-store.ts';

/** What people's acts on the applying of batches need. Without `stops` nothing is frozen. */
export interface ApplyingParts {
  readonly database: ApplyingDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => DecidingPolicy;
  /** Who made the last change of the running policy, where that is known. */
  readonly author: () => Promise<string | undefined>;
  readonly stops?: Pick<Stops, 'covering' | 'current' | 'refresh'> | undefined;
}

/** The batch of this id; throws, in words, where there is none. */
export async function batchOf({ database }: ApplyingParts, id: string): Promise<BatchRow> {
  const batch = await batchById(database, id);
  if (!batch) throw new UserError(`There is no batch ${id.slice(0, 40)}.`, 'See them with `trapkey batch list`.');
  return batch;
}

/** A person's reason as it is kept; throws, in words, where they gave none. */
export function reasonOf(text: string, what: string): string {
  const words = wordsOf(text);
  if (words === '') throw new UserError(`${what} needs a reason. Nothing was changed.`, 'Say why, in a sentence.');
  return words;
}
