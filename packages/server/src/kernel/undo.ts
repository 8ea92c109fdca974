import type { Code } from '@trapkey/contract/codes.ts';
import type { ProvenPerson } from './approvals.ts';

/** Where an undo stands, each with its sentence. */
export const undoStates = {
  looking: 'Each change is being compared with what stands there now; nothing is taken back.',
  looked: 'It is known what can be taken back; a person starts it.',
  undoing: 'Changes are being taken back, the newest first.',
  paused: 'It waits in the middle: a person, a limit, a stop or too many errors paused it.',
  undone: 'Everything that could be taken back was tried.',
  aborted: 'A person ended it; what was not taken back stays.',
} as const;
export type UndoState = keyof typeof undoStates;

/** What becomes of one change, each with its sentence. */
export const undoItemStates = {
  waiting: 'It was not looked at yet.',
  possible: 'It can be undone.',
  same: 'What was there before stands there already; there is nothing to do.',
  conflict: 'It was changed since; it is not overwritten unless a person says so.',
  lasting: 'It cannot be undone.',
  unclear: 'Whether it happened, or what stands there now, is not known.',
  barred: 'Policy refuses the call that would take it back.',
  elsewhere: 'Another undo took it back, or is about to.',
  running: 'It is being taken back right now.',
  undone: 'It was taken back.',
  failed: 'The connector answered with an error, and what was changed still stands.',
  unknown: 'The call that takes it back was sent, and what came of it cannot be known from here; a person looks.',
  left: 'It was not taken back: a person ended the undo before.',
} as const;
export type UndoItemState = keyof typeof undoItemStates;

/** What is taken back. A release only since a time: what it did before is not looked at. */
export type UndoScope =
  | { readonly kind: 'call' | 'batch' | 'run'; readonly id: string }
  /** `plugin@version` */
  | { readonly kind: 'release'; readonly id: string; readonly sinceMs: number };

/** How many changes stand where. */
export type UndoCounts = Readonly<Partial<Record<UndoItemState, number>>>;

/** An undo as lists and pages show it; without payloads. */
export interface UndoView {
  readonly id: string;
  readonly state: UndoState;
  readonly scope: UndoScope;
  /** plugin@version */
  readonly release: string;
  readonly person: string;
  readonly reason: string;
  readonly askedAtMs: number;
  readonly lookedAtMs: number | undefined;
  readonly startedBy: string | undefined;
  readonly startedAtMs: number | undefined;
  readonly endedBy: string | undefined;
  readonly endedAtMs: number | undefined;
  /** Its own run; undefined until something was sent. */
  readonly run: string | undefined;
  readonly items: number;
  readonly counts: UndoCounts;
  readonly step: number;
  /** How far the step goes, of all that is to be taken back. */
  readonly target: number;
  readonly pausedFor: string | undefined;
  /** What there is to say of it, in sentences. */
  readonly says: string;
}

/** One change of an undo. */
export interface UndoItemView {
  readonly n: number;
  /** The call that made the change. */
  readonly call: string;
  readonly connector: string;
  readonly tool: string;
  readonly state: UndoItemState;
  readonly code: Code | undefined;
  readonly says: string | undefined;
  /** Who said that it is overwritten all the same, and why. */
  readonly included: { readonly by: string; readonly because: string } | undefined;
  /** The call that took it back. */
  readonly ran: string | undefined;
}

/** What every act of a person on an undo is made with. */
export interface UndoAct {
  readonly undo: string;
  readonly by: ProvenPerson;
  /** The surface that it came through: `cli`, `api`, `page`. */
  readonly via: string;
}

/** Newest first; `after` in that order. */
export interface UndoFilter {
  readonly state: UndoState | 'open' | 'all';
  readonly max: number;
  readonly after?: { readonly askedAtMs: number; readonly id: string } | undefined;
}

/** Taking back what was done. Mistakes are `UserError`s; every change of state is an entry. By operators and administrators. */
export interface Undos {
  /** Asks what could be taken back. Nothing is changed by it; whichever process serves looks. */
  ask(act: Omit<UndoAct, 'undo'> & { readonly scope: UndoScope; readonly reason: string }): Promise<UndoView>;
  list(filter: UndoFilter): Promise<readonly UndoView[]>;
  find(undo: string): Promise<UndoView | undefined>;
  items(
    undo: string,
    filter: { readonly state: UndoItemState | 'all'; readonly after: number; readonly max: number },
  ): Promise<readonly UndoItemView[]>;
  /** One that was changed since is overwritten all the same, unless it changes once more. */
  include(act: UndoAct & { readonly n: number; readonly because: string }): Promise<UndoView>;
  start(act: UndoAct): Promise<UndoView>;
  pause(act: UndoAct & { readonly reason: string }): Promise<UndoView>;
  resume(act: UndoAct): Promise<UndoView>;
  abort(act: UndoAct & { readonly reason: string }): Promise<UndoView>;
  /** What became of one of which nobody knew: a person looked. */
  settle(act: UndoAct & { readonly n: number; readonly as: 'done' | 'not_done'; readonly reason: string }): Promise<UndoView>;
}
