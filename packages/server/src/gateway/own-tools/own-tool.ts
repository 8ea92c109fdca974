import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ToolDefinition } from '@trapkey/contract/upstream.ts';
import type { Call } from '../../kernel/call.ts';
import type { CallListeners, Handled } from '../../kernel/handle.ts';
import type { Caller } from '../doors.ts';
import type { Client } from '../params.ts';
import type { Patience } from '../patience.ts';

/** Who calls one of our own tools, and the way back to them. */
export interface Asking {
  readonly caller: Caller;
  readonly client: Client;
  readonly listeners: CallListeners;
  /** For at most so long; opens the stream when it begins. */
  readonly patience: (waitMs: number) => Patience;
}

/** What it answers: a result of its own, or what came of a call that it resumed. */
export type OwnAnswer = { readonly result: JsonObject } | { readonly call: Call; readonly handled: Handled };

/** A tool of Trapkey itself (`trapkey_*`): offered beside the connector's, answered without an upstream of its own. */
export interface OwnTool {
  readonly definition: ToolDefinition;
  run(args: JsonObject, asking: Asking): Promise<OwnAnswer>;
}

/** Text as a tool's result. */
export function textResult(text: string, isError: boolean, more: JsonObject = {}): OwnAnswer {
  return { result: { content: [{ type: 'text', text }], ...(isError && { isError }), ...more } };
}
