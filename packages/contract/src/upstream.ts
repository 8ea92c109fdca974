import type { Effect } from './codes.ts';
import type { Json, JsonObject } from './json.ts';

/** How a connection's upstream is reached, after `${env:…}` was resolved. */
export type UpstreamAddress =
  | { readonly kind: 'http'; readonly url: string; readonly headers?: Readonly<Record<string, string>>; readonly privateNetwork: boolean }
  | {
      readonly kind: 'stdio';
      readonly command: readonly [string, ...string[]];
      readonly env: Readonly<Record<string, string>>;
      /** Private HOME and working folder of this process; never the data folder. */
      readonly home: string;
    };

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
  | { readonly kind: 'result'; readonly result: JsonObject; readonly bytes: number }
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly data?: Json }
  /** Not sent: certainly nothing happened. */
  | { readonly kind: 'unsent'; readonly detail: string }
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
}

export interface OpenOptions {
  /** Whether `sampling/createMessage` may be relayed; otherwise it is not even declared. */
  readonly sampling: boolean;
  readonly clientName: string;
  readonly clientVersion: string;
  /** Folders that a process must not see, the data folder first; hidden where the system can. */
  readonly hidden?: readonly string[];
}

/** Effects, from most to least harmless, for comparisons. */
export const effectOrder: readonly Effect[] = ['read', 'draft', 'write', 'delete', 'send', 'pay', 'execute'];
