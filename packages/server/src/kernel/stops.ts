import type { Effect } from '@trapkey/contract/codes.ts';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Acting, ProvenPerson } from './approvals.ts';
import type { Covered, StopCovering } from './covered.ts';
import type { StopReader, StopScope, StopSnapshot, StopView } from './readers.ts';
import type { Tx } from './recorder.ts';
import type { CarriedOut } from './stop-files.ts';

/** A scope as it is named to release it; a run by its id. */
export type StopTarget = Exclude<StopScope, { readonly kind: 'run' }> | { readonly kind: 'run'; readonly id: string };

/** A call between its verdict and its answer. */
export interface InFlight extends Covered {
  readonly person: string;
  readonly plugin: string;
  readonly tool: string;
  readonly run: string;
  readonly effect: Effect;
}

/** Fires when a stop covers the call, with the id of the stop as its reason; `done` forgets it. */
export interface StopSignal {
  readonly signal: AbortSignal;
  readonly done: () => void;
}

/** One act that engages a stop, and what goes with it in the same transaction. */
export interface Engage {
  readonly scope: StopScope;
  readonly mode: StopView['mode'];
  readonly by: Acting;
  readonly reason: string;
  /** It ends by itself then. */
  readonly untilMs?: number | undefined;
  /** Stopped in the same act, and released with it: a plugin's connectors and the credentials that they use. */
  readonly also?: readonly StopScope[] | undefined;
  /** Revokes the tokens of the scope too. A stop suspends them; revoking does not come back with its release. */
  readonly revoke?: boolean | undefined;
  /** The signed order that it carries out; where another node was first, nothing is written. */
  readonly order?: CarriedOut;
}

/** Revokes the live tokens of a scope in the transaction of its stop; gives an entry for each. */
export type RevokeTokens = (
  tx: Tx,
  act: { readonly scope: StopScope; readonly by: Acting; readonly atMs: number },
) => Promise<readonly EntryFields[]>;

/** A stop as history shows it. */
export interface StopPast extends StopView {
  /** Undefined while it is engaged. */
  readonly released: { readonly atMs: number; readonly by: string; readonly reason: string } | undefined;
  readonly tokensRevoked: number;
}

/** A process that serves calls, and when it had applied a stop: it refuses what is covered, and has aborted what ran. */
export interface StopConfirmation {
  readonly node: string;
  readonly host: string;
  readonly pid: number;
  readonly seenAtMs: number;
  /** Undefined while it has not. */
  readonly confirmedAtMs: number | undefined;
  /** From the engaging to the confirmation; by two clocks where the hosts are two. */
  readonly afterMs: number | undefined;
  readonly aborted: number;
}

/** A call that a stop ended while it ran. */
export interface StopEnded {
  readonly call: string;
  readonly atMs: number;
  /** plugin@version */
  readonly release: string;
  /** connector.tool */
  readonly tool: string;
  readonly effect: string | undefined;
  /** `unknown`: it may have happened; a person looks. */
  readonly outcome: string;
}

/** What a stop did to calls. */
export interface StopBrought {
  /** The first of them, oldest first. */
  readonly ended: readonly StopEnded[];
  readonly refused: number;
  /** The record of its time goes on beyond what was looked through. */
  readonly more: boolean;
}

/** One stop with everything that is known of it. */
export interface StopDetail extends StopPast {
  readonly brought: StopBrought;
  /** Others of the same act. */
  readonly also: readonly StopView[];
  readonly nodes: readonly StopConfirmation[];
  /** No retention and no erasure touches the records of the scope. */
  readonly held: boolean;
  readonly mayRelease: string;
}

/** The stops as this process knows them, and the acts that change them for every process. */
export interface Stops extends StopReader {
  /** Reads them again. Never rejects: what cannot be read counts as a full stop. */
  refresh(): Promise<void>;
  /** From now on somebody reads them again and again: what was read counts for five seconds only. Returns how to end that. */
  leased(): () => void;
  signalFor(call: InFlight): StopSignal;
  readonly covering: StopCovering;
  /** Hears of every snapshot that differs from the one before, after what it covers was aborted. Returns how to end that. */
  onChanged(heard: (now: StopSnapshot, before: StopSnapshot, aborted: ReadonlyMap<string, number>) => void): () => void;
  /** Needs no credential: stopping must be easy. The entry says how far the person is shown. */
  engage(act: Engage): Promise<StopView>;
  /**
   * By stop id, with what its act engaged too, or by scope: then what is engaged on exactly that scope as it is known when
   * this is asked, so that a stop of the same moment stays. By an administrator who showed a credential.
   */
  release(act: { readonly stop: string | StopTarget; readonly by: ProvenPerson; readonly reason: string }): Promise<readonly StopView[]>;
  /** Ends the stops whose time is over; gives them. */
  lapse(): Promise<readonly StopView[]>;
  /** Newest first, released ones too. */
  history(max: number): Promise<readonly StopPast[]>;
  show(id: string): Promise<StopDetail | undefined>;
}

/** What a stop on a scope would hit now. Lists are cut; counts are not. */
export interface StopPreview {
  readonly scope: string;
  /** It reaches across everybody's work; another person has to release it. */
  readonly wide: boolean;
  readonly people: readonly string[];
  readonly runs: readonly string[];
  readonly inFlight: number;
  readonly tickets: readonly string[];
  /** Batches that would wait, those that agents still add to among them. */
  readonly batches: readonly string[];
  readonly connectors: readonly string[];
  readonly tools: readonly string[];
  readonly tokens: number;
  /** What the same act can take along. */
  readonly also: readonly string[];
}

/** Says what would be hit; changes nothing. */
export type PreviewStop = (scope: StopScope, also?: readonly StopScope[]) => Promise<StopPreview>;

/** Reads what people type, and says what a stop would hit. */
export interface StopDesk {
  /** Throws, in words, where nothing has that name: a stop on it would comfort and stop nothing. */
  resolve(text: string): Promise<StopScope>;
  /** What a stop on a plugin can take along: its connectors, and the credentials of their connections. */
  alsoOf(scope: StopScope): readonly StopScope[];
  readonly preview: PreviewStop;
}
