import type { Assurance } from '@trapkey/contract/codes.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { UpstreamMethod } from '@trapkey/contract/upstream.ts';
import type { Announced } from './announced.ts';
import type { ChangeView, StagedSoFar } from './changes.ts';
import type { Remembered } from './data.ts';
import type { Origins } from './origins.ts';
import type { Whereabouts } from './runs.ts';

/** What the access module proved of the bearer before anything was parsed. */
export interface Credential {
  readonly kind: 'token' | 'jwt' | 'internal';
  /** Public id of the token (never the token), or the JWT's `jti` or subject. */
  readonly id: string;
  readonly person: string;
  readonly groups: readonly string[];
  readonly client: string;
  /** The endpoint URL path that it is bound to, e.g. `/p/sales/2.1.0/crm`. */
  readonly audience: string;
  readonly profile: string | undefined;
  readonly assurance: { readonly person: Assurance; readonly plugin: Assurance };
}

/** A decided ticket, as attached to the call that resumes it. */
export interface TicketView {
  readonly id: string;
  readonly state: 'held' | 'approved' | 'refused' | 'expired' | 'executing' | 'done' | 'failed' | 'unknown' | 'withdrawn';
  readonly call: string;
  readonly attempt: number;
  readonly run: string;
  /** Who approved, resolved ids; `self:` where solo. */
  readonly approval: string | undefined;
  readonly decidedReason: string | undefined;
  readonly expiresAtMs: number;
  readonly createdAtMs: number;
  readonly sentence: string;
  readonly asked: readonly string[];
  readonly needs: number;
  readonly rule: string;
  /** It ran and its result is kept: nobody was handed it yet. */
  readonly kept?: boolean;
  /** Digests that the approval is bound to; a difference sends it back. */
  readonly bound: {
    readonly definition: string;
    readonly reach: number | null;
    /** Keyed digest of who would be reached, where policy resolves that. */
    readonly recipients: string | null;
    readonly release: string;
    readonly policy: string;
    /** True when the connector would now act as another account than the one that was shown. */
    readonly accountMoved?: boolean;
  };
  /** Groups that must each be among the approvers. */
  readonly distinct?: readonly string[];
  readonly tier?: string | undefined;
  /** Reach of all pieces of its goal together, this one included. */
  readonly cumulative?: number | null;
  readonly runs?: 'resume' | 'approval';
  /** A person changed what runs. */
  readonly edited?: boolean;
}

/** What the same person, with the same release and tool, had this connector do or asked it to do in the hours before. */
export interface Earlier {
  readonly pieces: number;
  /** Of all pieces together; those that nobody could count are left out. */
  readonly reach: number;
}

/** One proposed call: everything that a decision is made from, besides policy and definitions. */
export interface Call {
  readonly id: string;
  /** From 0; a ticket that runs is the next one of the call that it held. */
  readonly attempt: number;
  readonly atMs: number;
  readonly endpoint: { readonly plugin: string; readonly version: string; readonly connector: string };
  readonly method: UpstreamMethod;
  /** Tool name, prompt name, resource URI; for completion the prompt or template it completes. */
  readonly name: string;
  readonly args: JsonObject;
  /** Params besides name and arguments that go upstream as decided (`uri`, `ref`, `inputResponses`, `requestState` …). */
  readonly extra: JsonObject;
  readonly credential: Credential;
  readonly session: string | undefined;
  readonly client: { readonly name: string; readonly version: string };
  /** Claims of the client that later witnesses may join: `toolUseId`, `agentId` … */
  readonly claims: Readonly<Record<string, string>>;
  /** What witnesses say of its session and agent; set once, before it is decided (`locate` of the frame). Absent: none spoke. */
  readonly where?: Whereabouts | undefined;
  /** Where the values of its arguments were seen before; absent where nothing asks for it. */
  readonly origins?: Origins | undefined;
  readonly clientCapabilities: JsonObject;
  /** What its hook had said of it before it came; absent where the organization asks for no hooks. */
  readonly announced?: Announced | undefined;
  /** `hook`: the client asks before it runs a tool of its own. `batch`, `undo`: it makes or takes back a change. */
  readonly via: 'mcp' | 'stdio' | 'probe' | 'ticket' | 'hook' | 'batch' | 'undo';
  readonly ticket: TicketView | undefined;
  /** What the person's agents read before, where a rule asks for it. */
  readonly remembered?: Remembered | undefined;
  /** Pieces of the same goal; absent where there are none. */
  readonly earlier?: Earlier | undefined;
  /** What its run did of its kind, where that decides whether it is staged. */
  readonly staged?: StagedSoFar | undefined;
  /** The change of a batch or an undo that it makes. */
  readonly change?: ChangeView | undefined;
  /** What the agent asked for, where a person changed it before approving: `args` and `extra` are what runs. */
  readonly asked?: { readonly args: JsonObject; readonly extra: JsonObject } | undefined;
}
