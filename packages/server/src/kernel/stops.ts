import type { Effect } from '@trapkey/contract/codes.ts';
import type { Acting, ProvenPerson } from './approvals.ts';
import type { StopReader, StopScope, StopView } from './readers.ts';
import type { CarriedOut } from './stop-files.ts';

/** A scope as it is named to release it; a run by its id. */
export type StopTarget = Exclude<StopScope, { readonly kind: 'run' }> | { readonly kind: 'run'; readonly id: string };

/** A call between its verdict and its answer. */
export interface InFlight {
  readonly person: string;
  readonly plugin: string;
  /** plugin@version */
  readonly release?: string;
  readonly connector: string;
  readonly tool: string;
  readonly run: string;
  readonly effect: Effect;
}

/** Fires when a stop covers the call; `done` forgets it. */
export interface StopSignal {
  readonly signal: AbortSignal;
  readonly done: () => void;
}

/** The stops as this process knows them, and the acts that change them for every process. */
export interface Stops extends StopReader {
  /** Reads them again. Never rejects: what cannot be read counts as a full stop. */
  refresh(): Promise<void>;
  /** From now on somebody reads them again and again: what was read counts for five seconds only. Returns how to end that. */
  leased(): () => void;
  signalFor(call: InFlight): StopSignal;
  /** Needs no credential: stopping must be easy. The entry says how far the person is shown. */
  engage(act: {
    readonly scope: StopScope;
    readonly mode: StopView['mode'];
    readonly by: Acting;
    readonly reason: string;
    /** The signed order that it carries out; where another node was first, nothing is written. */
    readonly order?: CarriedOut;
  }): Promise<StopView>;
  /** By stop id or by scope; by an administrator who showed a credential. */
  release(act: { readonly stop: string | StopTarget; readonly by: ProvenPerson; readonly reason: string }): Promise<readonly StopView[]>;
}
