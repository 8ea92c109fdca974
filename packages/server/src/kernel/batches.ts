import type { Code, Effect, Outcome } from '@trapkey/contract/codes.ts';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Call } from './call.ts';
import type { ChangeView } from './changes.ts';
import type { Facts, Moment, Tiered } from './facts.ts';
import type { StepResult, Tx } from './recorder.ts';
import type { Ruling } from './stage.ts';

export type { ChangeView, StagedSoFar } from './changes.ts';

/** Where a batch stands, each with its sentence. */
export const batchStates = {
  open: 'Changes are still being added.',
  proposed: 'It is closed and drawn; people mark its sample.',
  returned: 'A sampled change was wrong, or it was taken back after it was drawn; a person decides what becomes of it.',
  ready: 'Its sample is clean and nothing else is asked for; a person may apply it.',
  applying: 'Its changes are being made, step by step.',
  paused: 'It waits in the middle: a person, a limit, a stop or too many errors paused it.',
  applied: 'Every change has ended.',
  aborted: 'A person ended it in the middle; what was not made is not made any more.',
  refused: 'A person refused it; nothing of it happens.',
  withdrawn: 'It was taken back before it was drawn; nothing of it happens.',
} as const;
export type BatchState = keyof typeof batchStates;

/** What became of one change, each with its sentence. */
export const changeStates = {
  applied_before: 'It ran before the batch began, and is shown so that the whole is seen.',
  staged: 'Nothing happened upstream.',
  running: 'It is being made right now.',
  done: 'It was made.',
  failed: 'The connector answered with an error, and nothing says that it was made.',
  conflict: 'The record, or whom it reaches, changed meanwhile; it was not made.',
  refused: 'Policy, a stop or a limit refused it when it was about to be made.',
  unknown: 'It was sent and what came of it cannot be known from here; a person looks.',
  dropped: 'It was not made, and will not be.',
} as const;
export type ChangeState = keyof typeof changeStates;

/** What was read of a record, and its sealed digest. */
export interface Image {
  readonly image: Json;
  readonly sealed: string;
}

/** What a call becomes when it is staged. */
export interface ChangeDraft {
  readonly call: Call;
  readonly facts: Partial<Facts> & Pick<Facts, 'call'>;
  readonly ruling: Ruling;
  /** Salted digest of the sealed decision inputs: the frozen call. */
  readonly sealedArguments: string;
  /** Before-image; undefined where the tool has no `before`. */
  readonly before: Image | undefined;
  readonly policy: string;
}

/** It is in a batch now; `moved`: the batch closed or the count changed meanwhile, so the call is decided again. */
export type StagedAs =
  | { readonly batch: string; readonly n: number; readonly entries: readonly EntryFields[] }
  | { readonly moved: string };

/** What came of a call that can be taken back, with what was there before and after. */
export interface MadeChange {
  readonly facts: Facts;
  readonly sealedArguments: string;
  readonly outcome: Outcome;
  readonly code: Code | undefined;
  /** Whether it left; what never did is proven absent. */
  readonly sent: boolean;
  readonly before: Image | undefined;
  /** The answer, for `undo` expressions that name `result`; sealed digest. */
  readonly result: string | undefined;
  readonly atMs: number;
}

/** An answer shown through what is staged, and what its agent must know of that. */
export interface ShownThrough {
  readonly result: JsonObject;
  readonly notes: readonly string[];
}

/** What `handle` may ask of batches; its writes run inside the record's transaction. */
export interface BatchDoor {
  /** The call with what its run did of its kind; as it came, at no cost, where its tool is not staged. */
  attach(arriving: Call): Call | Promise<Call>;
  /** Counts one that runs or is held without a batch, in the transaction of `decided`. A conflict where that passes `stage.over`. */
  count(tx: Tx, facts: Pick<Facts, 'call' | 'permitted'> & { readonly tiered: Pick<Tiered, 'reach'> }): Promise<StepResult>;
  /** Puts frozen calls into the open batches of their runs, in the transaction of their `decided (stage)`; one answer for each. */
  stage(tx: Tx, drafts: readonly ChangeDraft[]): Promise<readonly StagedAs[]>;
  /** Hears that a call is in a batch, once that is durable. */
  staged(call: Call, batch: string): void;
  /** staged → running, in the transaction of `decided: allow`. A conflict when another got there first. */
  begin(tx: Tx, change: ChangeView, call: Call): Promise<StepResult>;
  /** staged → refused or conflict, in the transaction of `decided: deny`. */
  refused(tx: Tx, change: ChangeView, ruling: Ruling, atMs: number): Promise<StepResult>;
  /** running → done | failed | unknown, in the transaction of `executed`; keeps what can be taken back, of direct calls too. */
  made(tx: Tx, made: MadeChange): Promise<StepResult>;
  /** The answer of a read as its run would find it; undefined, at no cost, where nothing is staged that it could show. */
  through(facts: Facts, result: JsonObject, moment: Moment): Promise<ShownThrough | undefined> | undefined;
  /** Keeps what stands there after a change, read once it was recorded as made. */
  seen(tx: Tx, call: string, after: Image): Promise<StepResult>;
}

/** On whose side an agent asks of its batches. */
export interface BatchOfRun {
  readonly person: string;
  readonly plugin: string;
  readonly version: string;
}

/** A batch as its agent may see it; notes are other people's words. */
export interface AgentBatch {
  readonly id: string;
  readonly state: BatchState;
  readonly changes: number;
  readonly reach: number;
  readonly sampled: number;
  readonly marked: number;
  readonly ends: Readonly<Partial<Record<ChangeState, number>>>;
  readonly attempt: number;
  readonly notes: readonly { readonly n: number; readonly note: string }[];
  readonly reason: string | undefined;
}

/** The agents' side: `batch_submit`, `batch_status`, `batch_withdraw`. Whoever's they are not hears that there is none. */
export interface AgentBatches {
  list(whose: BatchOfRun): Promise<readonly AgentBatch[]>;
  find(id: string, whose: BatchOfRun): Promise<AgentBatch | undefined>;
  /** Closes an open batch; undefined when there is none to close. Mistakes are `UserError`s. */
  submit(id: string, whose: BatchOfRun, client: string): Promise<AgentBatch | undefined>;
  withdraw(id: string, whose: BatchOfRun, client: string): Promise<AgentBatch | undefined>;
}

/** A change as the pages and the API show it; `args`, `before` and `after` only for whoever may read payloads. */
export interface ShownChange {
  readonly n: number;
  readonly state: ChangeState;
  readonly connector: string;
  readonly tool: string;
  readonly effect: Effect | undefined;
  readonly reach: number | null;
  readonly args: JsonObject | undefined;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly code: Code | undefined;
}
