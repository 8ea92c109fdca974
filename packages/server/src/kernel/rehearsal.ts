/** What one node measured on one way in, in milliseconds; by the clock of the database, so that hosts' clocks do not matter. */
export interface RehearsedPath {
  readonly node: string;
  /** `mcp-http`, `stdio`, `hook`. */
  readonly path: string;
  readonly state: 'calling' | 'refused' | 'back' | 'failed' | 'unmeasured';
  /** From the stop to the first refusal. */
  readonly refusedAfterMs: number | undefined;
  /** From the stop to the end of the call that was in flight. */
  readonly abortedAfterMs: number | undefined;
  /** From the release to the first call that ran. */
  readonly backAfterMs: number | undefined;
  readonly says: string;
}

/** One fire drill. */
export interface Rehearsal {
  readonly id: string;
  readonly by: string;
  readonly state: 'calling' | 'stopped' | 'released' | 'passed' | 'failed';
  readonly says: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | undefined;
  readonly paths: readonly RehearsedPath[];
}

/** Asks for rehearsals and shows them; gateways run them. */
export interface Rehearsals {
  /** Undefined where one is under way. */
  begin(by: string): Promise<string | undefined>;
  /** Newest first. */
  list(max: number): Promise<readonly Rehearsal[]>;
}
