/** What a witness contradicted itself about. */
export const contradicted = '?';

/** An agent of a session as far as witnesses say. */
export interface Agent {
  readonly agent: string;
  readonly type: string | null;
  readonly model: string | null;
  /** The hook told of its start: a second telling pairs nothing. */
  readonly hookStarted: boolean;
  readonly parentHook: string | null;
  /** The hook named the parent; else it was paired. */
  readonly parentTold: boolean;
  readonly parentTelemetry: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

/** A start of a sub-agent that was asked for. `muddled`: one of several that a start may belong to. */
export interface Launch {
  readonly toolUse: string;
  readonly parent: string;
  readonly atMs: number;
  readonly state: 'open' | 'paired' | 'muddled' | 'ended';
}

/** One session's agents and launches; `changed` names what must be written. */
export interface Tree {
  readonly agents: Map<string, Agent>;
  readonly launches: Map<string, Launch>;
  readonly changed: { readonly agents: Set<string>; readonly launches: Set<string> };
}

/** A session that nobody told of yet. */
export function emptyTree(): Tree {
  return { agents: new Map(), launches: new Map(), changed: { agents: new Set(), launches: new Set() } };
}
