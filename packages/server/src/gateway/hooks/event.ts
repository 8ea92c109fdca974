import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import { mainAgent } from '../../kernel/runs.ts';

const id = z.string().regex(/^[\w.:-]{1,128}$/);
const word = z.string().min(1).max(256);
const toolId = { tool_name: word, tool_use_id: id };

/** What every event of Claude Code carries. All of it is said by the client; whose it is comes from the credential. */
const base = z.object({
  session_id: id,
  prompt_id: id.optional(),
  agent_id: id.optional(),
  agent_type: word.optional(),
  hook_event_name: word,
});

const server = z.object({ name: word.optional(), source: word.optional() }).optional();
const kinds = {
  PreToolUse: base.extend({ ...toolId, tool_input: z.record(z.string(), z.unknown()), mcp_server: server }),
  PostToolUse: base.extend({
    ...toolId,
    tool_input: z.unknown().optional(),
    tool_response: z.unknown().optional(),
    duration_ms: z.number().min(0).optional(),
  }),
  PostToolUseFailure: base.extend({ ...toolId, error: z.unknown().optional(), duration_ms: z.number().min(0).optional() }),
  SubagentStart: base.extend({ agent_id: id }),
  SubagentStop: base.extend({ agent_id: id }),
  UserPromptSubmit: base.extend({ prompt: z.string() }),
  SessionStart: base.extend({ source: word.optional(), model: z.unknown().optional() }),
  SessionEnd: base,
} as const;

type Kind = keyof typeof kinds;
export type EventOf<K extends Kind> = z.output<(typeof kinds)[K]>;

/** One event, its shape proved; `other` is one that nothing here is about. */
export type HookEvent = { [K in Kind]: { readonly kind: K; readonly event: EventOf<K> } }[Kind] | { readonly kind: 'other' };

/** Reads an event. A string says what is wrong; members that this build does not know are left alone. */
export function readEvent(value: Json): HookEvent | string {
  const named = z.object({ hook_event_name: word }).safeParse(value);
  if (!named.success) return 'it names no hook_event_name';
  const kind = named.data.hook_event_name;
  if (!Object.hasOwn(kinds, kind)) return { kind: 'other' };
  const read = kinds[kind as Kind].safeParse(value);
  if (read.success) return { kind, event: read.data } as HookEvent;
  const [issue] = read.error.issues;
  return `${issue?.path.join('.') || 'the event'} is not as Claude Code sends it`;
}

/** Hooks leave the id out for the agent that the person talks to. */
export function agentOf(event: { readonly agent_id?: string | undefined }): string {
  return event.agent_id ?? mainAgent;
}

/** The id that an answer of the launching tool gives its sub-agent. */
export function childOf(response: unknown): { readonly child?: string; readonly model?: string } {
  if (typeof response !== 'object' || response === null) return {};
  const { agentId, resolvedModel } = response as JsonObject;
  const known = id.safeParse(agentId);
  const model = word.safeParse(resolvedModel);
  return { ...(known.success && { child: known.data }), ...(model.success && { model: model.data }) };
}
