import type { Json } from '@trapkey/contract/json.ts';
import type { AutonomyDoor } from '../../../kernel/autonomy.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Handle } from '../../../kernel/handle.ts';
import type { Judge } from '../../../kernel/judge.ts';
import type { ReadBack } from '../../../kernel/read-back.ts';
import type { DefinitionReader } from '../../../kernel/readers.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import type { ChangeDigests } from '../batches/images.ts';
import type { ItemRow } from './items-store.ts';
import type { MadeRow, UndoDatabase } from './read.ts';
import type { UndoRow } from './store.ts';

/** Opens sealed payloads, many at once; what is not held any more is missing. */
export type UnsealMany = (digests: readonly string[]) => Promise<ReadonlyMap<string, Json>>;

/** What a process that takes things back works with. */
export interface UndoingParts {
  readonly database: UndoDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => PolicySet;
  readonly digests: ChangeDigests;
  readonly unsealMany: UnsealMany;
  readonly definitions: DefinitionReader;
  readonly judge: Judge;
  readonly handle: Handle;
  readonly readBack: ReadBack;
  /** What somebody may do now; `groups` as a provider named them. */
  readonly rolesOf: (person: string, groups: readonly string[] | undefined) => Promise<readonly string[]>;
  /** Hears that a workflow's work was taken back. */
  readonly autonomy?: AutonomyDoor | undefined;
  /** Tells this process's leases from those of others. */
  readonly claim: string;
  /** Hears of what broke in a way that nobody expected. */
  readonly failed: (undo: string, error: unknown) => void;
}

/** A change on its way back, with what is opened of it. */
export interface OnItsWayBack {
  readonly row: UndoRow;
  readonly item: ItemRow;
  readonly made: MadeRow | undefined;
  readonly payloads: ReadonlyMap<string, Json>;
}

/** `ended`: it ended one way or another. `again`: it is tried again. `left`: nothing more is done here now. */
export type Went = 'ended' | 'again' | 'left';
