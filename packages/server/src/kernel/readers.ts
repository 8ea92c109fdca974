import type { TableJudgement, TableQuestion } from '@trapkey/contract/tables.ts';
import type { Definitions, UpstreamMethod } from '@trapkey/contract/upstream.ts';
import type { Pinned, Run, Subject } from './facts.ts';
import type { Tx } from './recorder.ts';

/** What is named by an id alone: `tool` as `connector.tool`, `release` as `plugin@version`, `credential` by its connection. */
export type NamedScope = 'plugin' | 'release' | 'connector' | 'credential' | 'tool' | 'effect' | 'person' | 'agent';

/**
 * What a stop covers. A stopped run takes with it what the same person starts with the same release in the hours after:
 * connecting anew is no way out.
 */
export type StopScope =
  | { readonly kind: 'everything' }
  | { readonly kind: NamedScope; readonly id: string }
  | { readonly kind: 'run'; readonly id: string; readonly person: string; readonly release: string };

export interface StopView {
  readonly id: string;
  readonly scope: StopScope;
  /** freeze: reads stay. full: nothing runs. */
  readonly mode: 'freeze' | 'full';
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
  /** It ends by itself then; undefined where only a person ends it. */
  readonly untilMs?: number | undefined;
  /** The stop in whose act this one was engaged too; it is released with that one. */
  readonly act?: string | undefined;
}

/** The stops as of one generation of the latch. `unreadable` counts as a full stop on everything. */
export interface StopSnapshot {
  readonly generation: number;
  readonly stops: readonly StopView[];
  readonly unreadable: boolean;
}

export interface StopReader {
  current(): StopSnapshot;
}

export interface RunReader {
  /** The run of this person and release that is open now, or a fresh one (`fresh: true`) to be written with the decision. */
  current(who: {
    readonly person: string;
    readonly plugin: string;
    readonly version: string;
    readonly session: string | undefined;
    readonly profile: string | undefined;
    readonly atMs: number;
  }): Run;
}

/** Makes a fresh run durable in the commit of its first decision. Writing it twice is writing it once. */
export interface RunWriter {
  write(tx: Tx, subject: Subject, session: string | undefined): Promise<void>;
  /** After the commit: from now on the run is not fresh. */
  written(run: string): void;
}

export interface DefinitionReader {
  /** As pinned; `changed` when what the upstream now says differs from what was reviewed; undefined when it has no such thing. */
  find(connection: string, method: UpstreamMethod, name: string): Pinned | 'changed' | undefined;
}

/** Tells from a call's arguments what it reaches in a database; undefined while the database is not known yet. No I/O. */
export type TableJudge = (connection: string, question: TableQuestion) => TableJudgement | undefined;

/** Everything a connection offers, as pinned: what an endpoint's lists are made from. */
export interface DefinitionLister {
  /** What changed since it was reviewed is left out; undefined when the connection was never pinned. */
  all(connection: string): Definitions | undefined;
}
