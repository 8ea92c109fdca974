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

/** The plugin that a rehearsal stops. Upper case: no policy can have this id. */
export const canaryPlugin = 'Trapkey-canary';

/** Whether an entry is of a rehearsal, which no alert and no list is about. */
export function isOfCanary({ plugin, subject }: { readonly plugin?: string | undefined; readonly subject?: string | undefined }): boolean {
  return plugin?.split('@')[0] === canaryPlugin || subject?.endsWith(`plugin:${canaryPlugin}`) === true;
}
