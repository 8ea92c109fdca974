import type { Json } from '@trapkey/contract/json.ts';
import type { RaiseIn } from '../../../../kernel/alerts.ts';
import type { Credential } from '../../../../kernel/call.ts';
import type { Clock } from '../../../../kernel/clock.ts';
import type { Handle } from '../../../../kernel/handle.ts';
import type { Tell } from '../../../../kernel/messages.ts';
import type { ReadBack } from '../../../../kernel/read-back.ts';
import type { Recorder } from '../../../../kernel/recorder.ts';
import type { PolicySet } from '../../../../kernel/rules.ts';
import type { ChangeDigests } from '../images.ts';
import type { UnsealMany } from '../proposal/opened.ts';
import type { BatchRow, ChangeRow } from '../proposal/store.ts';
import type { ApplyingDatabase } from './applying-store.ts';
import type { BatchFrozenBy } from './frozen-batch.ts';

/** What making the changes of batches works with, in a process that serves. */
export interface MakingParts {
  readonly database: ApplyingDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => Pick<PolicySet, 'connectors' | 'connections' | 'plugins'>;
  readonly unsealMany: UnsealMany;
  readonly handle: Handle;
  readonly readBack: ReadBack;
  readonly digests: Pick<ChangeDigests, 'image'>;
  /** Why what was proved when a call was frozen counts no more; undefined when it still does. */
  readonly outlived: (credential: Credential) => Promise<string | undefined>;
  readonly frozen: BatchFrozenBy;
  /** What was approved for less than the policy of now asks for; undefined where nothing is missing. */
  readonly missing: (batch: BatchRow) => Promise<string | undefined>;
  readonly raise: RaiseIn;
  readonly tell: Tell;
  /** Hears of a batch that broke in a way that nobody expected. */
  readonly failed: (batch: string, error: unknown) => void;
  /** So many changes of different records at once. */
  readonly atOnceMax: number;
}

/** A change on its way, with what is known of it in memory. */
export interface OnItsWay {
  readonly batch: BatchRow;
  readonly change: ChangeRow;
  /** Sealed decision inputs, opened; undefined where they are not held any more. */
  readonly payload: Json | undefined;
  /** What must still stand there; undefined where its tool has no `before`. */
  readonly image: Json | undefined;
  /** The lease under which it is made. */
  readonly claim: string;
}

/** What came of one change: how it ended, or why the whole waits. */
export type Came =
  | { readonly kind: 'ended'; readonly state: 'done' | 'failed' | 'conflict' | 'refused' | 'unknown' }
  /** Staged again, and made later; as it is stored now. */
  | { readonly kind: 'again'; readonly change: ChangeRow }
  /** Nothing happened and it is still staged; the batch waits for a person. */
  | { readonly kind: 'pause'; readonly says: string }
  /** Left as it is: the batch was paused or taken over, or this process ends. `says`: why it waits, where even looking is barred or nothing comes back. */
  | { readonly kind: 'left'; readonly says?: string; readonly againMs?: number };

/** What the connector said, where that does not tell whether the change was made; the change as it was sent. */
export interface Doubt {
  readonly kind: 'doubt';
  readonly answered: 'error' | 'nothing';
  readonly change: ChangeRow;
}
