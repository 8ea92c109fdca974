import type { Outcome } from '@trapkey/contract/codes.ts';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';

/** Where the client's hooks post their events, and what their tokens are shown at. */
export const hooksPath = '/hooks/claude';

/** What the hook had said of a call before it came. Absent on a call where the organization asks for no hooks. */
export type Announced =
  | { readonly kind: 'joined'; readonly agentType: string | undefined }
  /** No hook of this person announced a call of this id. */
  | { readonly kind: 'none' }
  /** It did, and what came is another one. */
  | { readonly kind: 'otherwise'; readonly says: string };

/** A tool call as the hook of a client sees it. Whose it is comes from the hook's credential, never from what it says. */
export interface HookCall {
  readonly person: string;
  readonly toolUse: string;
  readonly session: string;
  /** `main` for the agent that the person talks to. */
  readonly agent: string;
  readonly agentType: string | undefined;
  readonly prompt: string | undefined;
  /** As the client names it: `Bash`, `mcp__plugin_sales_crm__get_thing`. */
  readonly tool: string;
  readonly args: JsonObject;
  readonly atMs: number;
}

/** A call that the client was let run, until its hook says what came of it. */
export interface Admitted {
  readonly call: string;
  readonly ticket: string | undefined;
  readonly run: string;
  /** What runs: as asked, or as a person changed it. */
  readonly args: JsonObject;
  /** Whether `args` are put in the place of what was asked: a person approved exactly these. */
  readonly instead: boolean;
  /** The `decided` entry; `executed` repeats it. */
  readonly entry: EntryFields;
}

/** What a later hook says of a call that was let run. */
export interface HookResult {
  readonly person: string;
  readonly toolUse: string;
  readonly session: string;
  readonly outcome: Outcome;
  readonly bytes: number;
  readonly isError: boolean;
  /** Sealed where it is not too large. */
  readonly payload: Json | undefined;
  readonly tookMs: number | undefined;
  readonly atMs: number;
}

/** What became of a result. `unknown`: nothing of that id was let run in this session. */
export type Finished = 'recorded' | 'again' | 'unknown';

/** What hooks announced, and what clients were let run; durable, and shared by the processes on one database. */
export interface Announcements {
  /** Before an MCP call. `otherwise`: the same id was announced already, with other bytes or from elsewhere; `moved`: the latch did. */
  announce(call: HookCall, latch: number | undefined): Promise<'announced' | 'otherwise' | 'moved'>;
  /** Whether no stop came since that generation of the latch, as the database has it. */
  under(latch: number | undefined): Promise<boolean>;
  /** What was said of a call that came; `where` it came from is given with it. */
  join(call: {
    readonly person: string;
    readonly toolUse: string;
    readonly endpoint: { readonly plugin: string; readonly connector: string };
    readonly tool: string;
    readonly args: JsonObject;
    readonly atMs: number;
  }): Promise<{ readonly announced: Announced; readonly by?: Omit<HookCall, 'args' | 'atMs'> }>;
  /** What was let run under this id a moment ago, when it was exactly this; `otherwise` when it was another or is over. */
  admitted(call: HookCall): Promise<Admitted | 'otherwise' | undefined>;
  /** A built-in tool may run: durable before the client hears it. False when another process was first. */
  admit(call: HookCall, admitted: Admitted): Promise<boolean>;
  /** Records `executed`, once. */
  finish(result: HookResult): Promise<Finished>;
  /** The session is over: what it was let run and never told of closes as unknown. Gives how many. */
  endSession(of: { readonly person: string; readonly session: string; readonly atMs: number }): Promise<number>;
}
