import type { Outcome } from '@trapkey/contract/codes.ts';
import type { Measure } from '@trapkey/contract/policy/limits.ts';
import type { ProvenPerson } from './approvals.ts';
import type { Facts } from './facts.ts';
import type { Charge } from './limit-rules.ts';
import type { StepResult, Tx } from './recorder.ts';
import type { Ruling } from './stage.ts';

/** A limit that is used up, as a call met it. */
export interface Reached {
  readonly charge: Charge;
  readonly used: number;
  /** When enough is free again by itself; undefined where a person must reset it. */
  readonly freeAtMs: number | undefined;
  /** Nothing is left at all: it trips. Otherwise only this call is too large. */
  readonly trips: boolean;
  /** Units in blocks that a process took and lost. */
  readonly lost: number;
  /** What is left is in blocks of other processes, for moments only. */
  readonly busy?: boolean;
}

/** What was taken for a call. Exactly one of `committed` and `dropped` is called for each try to write it. */
export interface Reservation {
  /** What must be taken in the transaction of `decided`; undefined where this process holds blocks of everything. */
  readonly steps: ((tx: Tx) => Promise<StepResult>) | undefined;
  /** After a conflict: what was full; undefined where it was something else. */
  conflict(): Reached | undefined;
  committed(): void;
  dropped(): void;
}

/** An open breaker. */
export interface TripView {
  readonly id: string;
  readonly rule: string;
  readonly measure: Measure;
  readonly scope: string;
  readonly who: string;
  readonly text: string;
  readonly used: number;
  readonly max: number;
  readonly lost: number;
  readonly mode: 'freeze' | 'full';
  readonly atMs: number;
  readonly rearmAtMs: number | undefined;
  readonly owner: string;
  readonly person: string | undefined;
  readonly call: string | undefined;
  readonly run: string | undefined;
  /** The stop that it engaged, where its scope can be stopped. */
  readonly stop: string | undefined;
  /** The request to raise it. */
  readonly request: string | undefined;
  readonly resetAtMs: number | undefined;
  readonly resetBy: string | undefined;
  readonly resetReason: string | undefined;
}

/** What of a call was refused before, and by what. */
export interface RefusedBefore {
  readonly tool: string;
  readonly rule: string;
  readonly call: string;
}

/** What stages ask of limits; in memory, as of the last look at the database. */
export interface LimitReader {
  /** The open breakers by scope; empty mostly. */
  readonly open: () => ReadonlyMap<string, TripView>;
  /** What is used up under a charge, where this process knows it for certain. */
  known(charge: Charge, atMs: number): Reached | undefined;
  /** The refusal, in this run, of the same effect on the same target by another tool. */
  refusedBefore(facts: Pick<Facts, 'call' | 'subject' | 'permitted'>): RefusedBefore | undefined;
}

/** What the frame asks of limits; its writes run inside the record's transaction. */
export interface LimitDoor {
  reserve(facts: Pick<Facts, 'call' | 'subject' | 'within'>): Reservation;
  /** The refusal of a call that met a limit, with what trips it in the same transaction. `after` once that is durable. */
  refuse(
    reached: Reached,
    facts: Pick<Facts, 'call' | 'subject'>,
  ): { readonly ruling: Ruling; readonly steps: (tx: Tx) => Promise<StepResult>; readonly after: () => Promise<Ruling> };
  /** Counts a refusal, and remembers what was refused; undefined where nothing is counted. */
  denied(known: Partial<Facts> & Pick<Facts, 'call'>, ruling: Ruling): ((tx: Tx) => Promise<StepResult>) | undefined;
  /** Gives back what did not happen and counts what only the answer told; undefined where nothing must be written. */
  settle(
    facts: Pick<Facts, 'call' | 'subject' | 'within'>,
    came: { readonly outcome: Outcome; readonly rows: number | undefined; readonly bytes: number | undefined },
  ): ((tx: Tx) => Promise<StepResult>) | undefined;
  /** Waits until blocks that other processes hold may have come back. */
  pause(): Promise<void>;
}

/** How much of a limit is used. */
export interface LimitUse {
  readonly key: string;
  readonly rule: string;
  readonly who: string;
  readonly measure: Measure;
  readonly text: string;
  readonly used: number;
  readonly max: number;
  readonly open: TripView | undefined;
}

/** What people may do with limits. Mistakes are `UserError`s; every change is an entry. */
export interface Limits {
  uses(filter: { readonly max: number }): Promise<readonly LimitUse[]>;
  /** Newest first; `concerning` one who tripped it or owns the limit. */
  trips(filter: { readonly state: 'open' | 'all'; readonly concerning?: string }): Promise<readonly TripView[]>;
  /** By its owner or an administrator who showed a credential. */
  reset(act: { readonly trip: string; readonly by: ProvenPerson; readonly reason: string }): Promise<TripView>;
}

/** What the models of a run cost, as telemetry tells it afterwards. */
export interface Spend {
  readonly run: string;
  /** Whether the run is proved; otherwise person × release stand in for it. */
  readonly proved?: boolean;
  readonly person: string;
  /** plugin@version */
  readonly release: string;
  readonly profile?: string | undefined;
  readonly usdMicroUnits: number;
  readonly tokens: number;
  readonly atMs: number;
}

/**
 * Counts what was spent: in one transaction for all of them, together with `claim`, which says no where they were counted
 * already. A limit that they pass trips.
 */
export type SettleSpend = (spends: readonly Spend[], claim?: (tx: Tx) => Promise<boolean>) => Promise<void>;
