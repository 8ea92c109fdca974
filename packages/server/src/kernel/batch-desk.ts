import type { BatchChange, BatchDetail, BatchSummary } from '@trapkey/contract/api/batches.ts';
import type { Acting, ProvenPerson } from './approvals.ts';
import type { BatchState, ChangeState } from './batches.ts';

/** What every act of a person on a batch is made with. */
export interface BatchAct {
  readonly batch: string;
  readonly by: ProvenPerson;
  /** The surface that it came through: `cli`, `api`, `page`. */
  readonly via: string;
}

/** An approval of the whole; `seen`: how it stood when the person looked at it. */
export interface BatchApproving extends BatchAct {
  readonly reason: string;
  readonly seen?: { readonly state: BatchState; readonly wrong: number } | undefined;
}

/** `open`: nothing is decided or ended yet. Newest first; `after` in that order. */
export interface BatchFilter {
  readonly state: BatchState | 'waiting' | 'all';
  readonly max: number;
  readonly after?: { readonly createdAtMs: number; readonly id: string } | undefined;
}

/** Which changes, in the order of their numbers, those of the sample in the order of the draw. `unmarked`: what is left of the sample; `beside`: what is left of what is shown besides. */
export interface ChangeFilter {
  readonly which: ChangeState | 'sample' | 'extra' | 'unmarked' | 'beside' | 'wrong' | 'all';
  readonly after: number;
  readonly max: number;
}

/** Whether somebody may decide a batch now; `says` is the reason why not. */
export type MayDecide = { readonly may: true } | { readonly may: false; readonly says: string };

/** What people may do with proposals; the door of CLI, API and page. Mistakes are `UserError`s. */
export interface BatchDesk {
  list(filter: BatchFilter): Promise<readonly BatchSummary[]>;
  find(batch: string): Promise<BatchSummary | undefined>;
  /** With totals and distributions; leaves no entry. */
  show(batch: string, by: ProvenPerson): Promise<BatchDetail>;
  /** With what they would alter; that somebody read it is an entry. */
  changes(batch: string, filter: ChangeFilter, by: Acting): Promise<readonly BatchChange[]>;
  eligible(batch: string, by: ProvenPerson): Promise<MayDecide>;
  mark(act: BatchAct & { readonly n: number; readonly mark: 'right' | 'wrong'; readonly note: string }): Promise<BatchSummary>;
  /** The whole, where its size or effects ask for it; all the same, where something in the sample was wrong. */
  approve(act: BatchApproving): Promise<BatchSummary>;
  refuse(act: BatchAct & { readonly reason: string }): Promise<BatchSummary>;
}

/** Making the changes of a batch that is ready, and what people do about it while it goes on. Mistakes are `UserError`s. */
export interface BatchApplying {
  apply(act: BatchAct): Promise<void>;
  pause(act: BatchAct & { readonly reason: string }): Promise<void>;
  resume(act: BatchAct): Promise<void>;
  abort(act: BatchAct & { readonly reason: string }): Promise<void>;
  /** A person looked: a change whose outcome is unknown was made, or was not. */
  settle(act: BatchAct & { readonly n: number; readonly as: 'done' | 'not_done'; readonly reason: string }): Promise<void>;
}
