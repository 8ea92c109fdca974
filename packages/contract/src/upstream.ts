import type { Effect } from './codes.ts';
import type { Json, JsonObject } from './json.ts';
import type { Reader } from './rows.ts';
import type { Provisioning, TableBounds, TableJudgement, TableQuestion, TableRefusal } from './tables.ts';

/** How a connection's upstream is reached, after `${env:…}` was resolved. */
export type UpstreamAddress =
  | { readonly kind: 'http'; readonly url: string; readonly headers?: Readonly<Record<string, string>>; readonly privateNetwork: boolean }
  | {
      readonly kind: 'stdio';
      readonly command: readonly [string, ...string[]];
      readonly env: Readonly<Record<string, string>>;
      /** Private HOME and working folder of this process; never the data folder. */
      readonly home: string;
    }
  /** A database. `tables` are those that its connectors may read between them: nothing else of it is looked at. */
  | { readonly kind: 'postgres'; readonly url: string; readonly tables: readonly string[] }
  | { readonly kind: 'sqlite'; readonly file: string; readonly tables: readonly string[] };

/** Limits of one upstream; every one has its unit in its name. */
export interface UpstreamLimits {
  readonly callTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly resultBytesMax: number;
  readonly concurrentMax: number;
}

/** One operation of a connector as the upstream defines it. */
export interface ToolDefinition {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema?: JsonObject;
  readonly annotations?: JsonObject;
  readonly icons?: Json;
  readonly _meta?: JsonObject;
}

/** Everything an upstream declares about itself; what is pinned. */
export interface Definitions {
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly instructions?: string;
  readonly capabilities: JsonObject;
  readonly tools: readonly ToolDefinition[];
  readonly prompts: readonly JsonObject[];
  readonly resources: readonly JsonObject[];
  readonly resourceTemplates: readonly JsonObject[];
}

export type UpstreamMethod =
  | 'tools/call'
  | 'prompts/get'
  | 'resources/read'
  | 'completion/complete'
  | 'resources/subscribe'
  | 'resources/unsubscribe'
  | 'logging/setLevel';

/** One decided request. `params` is serialised from the decided value, never from received bytes. */
export interface UpstreamRequest {
  readonly method: UpstreamMethod;
  readonly params: JsonObject;
  /** The caller's declared client capabilities (2026-07-28 envelope), forwarded upstream. */
  readonly clientCapabilities: JsonObject;
  /** Forwarded to an upstream that takes one, so that a retry is not done twice. */
  readonly idempotencyKey?: string;
  /** For whom it reads. A connector that can, limits what is read by it; what it gives is screened by the same rule besides. */
  readonly reader?: Reader;
  /** What the connector document says of tables, columns and rows; a database is asked nothing without it. */
  readonly bounds?: TableBounds;
}

/** A request that the upstream makes of the client while a call is open (2025 era): elicitation, sampling, roots. */
export interface ServerRequest {
  readonly method: string;
  readonly params: JsonObject;
}

export interface UpstreamListeners {
  readonly signal: AbortSignal;
  /** Numbers only: an upstream's progress message never reaches the model unscreened. */
  progress?(progress: number, total: number | undefined): void | Promise<void>;
  /** Answers a server request, or undefined to decline it. */
  serverRequest?(request: ServerRequest): Promise<JsonObject | undefined>;
  /** `notifications/message` and the like, sent while the call was open. */
  notification?(method: string, params: JsonObject): void | Promise<void>;
}

export type UpstreamReply =
  /** `rowsApplied`: this connector limited what was read to `reader.rows`, aggregates included. Only what ships in the box may say so. */
  | { readonly kind: 'result'; readonly result: JsonObject; readonly bytes: number; readonly rowsApplied?: true }
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly data?: Json }
  /** Not sent: certainly nothing happened. */
  | {
      readonly kind: 'unsent';
      readonly detail: string;
      readonly refusal?: { readonly code: 'not_signed_in' | 'upstream_failed' | 'definition_changed'; readonly says: string };
    }
  /** Refused by the connector itself, in its words: certainly nothing happened. */
  | { readonly kind: 'refused'; readonly refusal: TableRefusal }
  /** Sent, and no answer: what happened cannot be known. */
  | { readonly kind: 'lost'; readonly detail: string }
  /** Answered, but not in the protocol or over a limit. */
  | { readonly kind: 'garbage'; readonly detail: string };

/** An open connection to one upstream, for one person and release unless shared. Never throws from `request`. */
export interface Upstream {
  definitions(signal: AbortSignal): Promise<Definitions>;
  request(request: UpstreamRequest, listeners: UpstreamListeners): Promise<UpstreamReply>;
  /** Calls back when the upstream says that a list or resource changed, outside any call. */
  onNotification(listener: (method: string, params: JsonObject) => void): void;
  close(): Promise<void>;
}

/** What a connector package exports: it opens upstreams of the kinds that it names. */
export interface ConnectorKind {
  readonly name: string;
  readonly kinds: readonly UpstreamAddress['kind'][];
  open(address: UpstreamAddress, limits: UpstreamLimits, options: OpenOptions): Upstream;
  /** Whether processes run apart from us on this system; where they don't, coverage says `not isolated`. */
  isolates?(): Promise<boolean>;
  /**
   * What a call can reach, told from its arguments and from what is known of the upstream; undefined while nothing is known.
   * No I/O: it speaks while a call is decided.
   */
  judge?(address: UpstreamAddress, question: TableQuestion): TableJudgement | undefined;
  /** Makes, or only writes down, the account with which the upstream is to be opened. */
  provision?(address: UpstreamAddress, asked: Provisioning): Promise<readonly string[]>;
}

export interface OpenOptions {
  /** What goes into `Authorization` with each request, handshakes too; asked each time, because it is renewed. Never the caller's own token. */
  readonly authorization?: () => string | undefined;
  /** Whether `sampling/createMessage` may be relayed; otherwise it is not even declared. */
  readonly sampling: boolean;
  readonly clientName: string;
  readonly clientVersion: string;
  /** Folders that a process must not see, the data folder first; hidden where the system can. */
  readonly hidden?: readonly string[];
}

/** Effects, from most to least harmless, for comparisons. */
export const effectOrder: readonly Effect[] = ['read', 'draft', 'write', 'delete', 'send', 'pay', 'execute'];
