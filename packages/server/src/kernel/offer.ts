import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ToolDefinition } from '@trapkey/contract/upstream.ts';
import type { Call, Credential } from './call.ts';
import type { Ruling } from './stage.ts';

/** What one identity is shown of one endpoint: pinned definitions, narrowed to what it may call. */
export interface Offered {
  /** The connection behind the connector: whose change notices concern this client. */
  readonly connection: string;
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly instructions?: string;
  /** What the pinned upstream declares, as far as Trapkey passes it on. */
  readonly capabilities: JsonObject;
  readonly tools: readonly ToolDefinition[];
  readonly prompts: readonly JsonObject[];
  readonly resources: readonly JsonObject[];
  readonly resourceTemplates: readonly JsonObject[];
  /** Calls of this plugin may be staged. */
  readonly stages?: boolean;
  /** What an upstream may ask of the client while a call is open. */
  readonly asks: { readonly sampling: boolean; readonly elicitationHosts: readonly string[] };
}

/** Answers from the pinned catalog at once, per identity; a ruling where the endpoint is not for it. */
export type Offer = (
  credential: Credential,
  endpoint: Call['endpoint'],
  session: string | undefined,
) => Offered | Ruling | Promise<Offered | Ruling>;
