import type { JsonObject } from '@trapkey/contract/json.ts';
import type { House } from '../incidents/house.ts';

let ids = 0;

/** An id as Claude Code makes them, never the same twice. */
export function toolUse(): string {
  return `toolu_${(++ids).toString().padStart(6, '0')}${Math.random().toString(36).slice(2, 10)}`;
}

/** What a client reads of an answer to PreToolUse. */
export interface Verdict {
  readonly decision: string | undefined;
  readonly reason: string;
  readonly updatedInput: JsonObject | undefined;
  readonly ticket: string;
  readonly whole: JsonObject;
}

/** Claude Code as its hooks and its MCP client behave on the wire: shapes recorded from 2.1.329, sent by hand. */
export async function claude(house: House, person: string, session = crypto.randomUUID()) {
  const token = (await house.agent(person, 'claude-code')).token;
  const send = async (event: JsonObject, more: { readonly token?: string; readonly path?: string; readonly body?: string } = {}) => {
    const reply = await fetch(`${house.url}${more.path ?? '/hooks/claude'}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'axios/1.9', authorization: `Bearer ${more.token ?? token}` },
      body: more.body ?? JSON.stringify({ ...base, ...event }),
    });
    return { status: reply.status, body: (await reply.json()) as JsonObject };
  };
  const base = {
    session_id: session,
    transcript_path: `/home/x/${session}.jsonl`,
    cwd: '/home/x',
    prompt_id: 'p-1',
    permission_mode: 'default',
  };
  const verdictOf = (whole: JsonObject): Verdict => {
    const said = whole['hookSpecificOutput'] as JsonObject | undefined;
    const reason = String(said?.['permissionDecisionReason'] ?? '');
    return {
      decision: said?.['permissionDecision'] as string | undefined,
      reason,
      updatedInput: said?.['updatedInput'] as JsonObject | undefined,
      ticket: /TK-[0-9A-Z]{10}/.exec(reason)?.[0] ?? '',
      whole,
    };
  };
  return {
    token,
    session,
    send,
    /** PreToolUse; with `more` as inside a sub-agent. */
    async pre(tool: string, input: JsonObject, more: JsonObject = {}): Promise<Verdict> {
      const event = { hook_event_name: 'PreToolUse', tool_name: tool, tool_input: input, tool_use_id: toolUse(), ...more };
      return verdictOf((await send(event)).body);
    },
    async post(tool: string, id: string, response: JsonObject | string, more: JsonObject = {}): Promise<JsonObject> {
      const event = {
        hook_event_name: 'PostToolUse',
        tool_name: tool,
        tool_input: {},
        tool_response: response,
        tool_use_id: id,
        duration_ms: 12,
        ...more,
      };
      return (await send(event)).body;
    },
    verdictOf,
  };
}
export type Claude = Awaited<ReturnType<typeof claude>>;

/** One MCP call as the client sends it after its hook. */
export async function mcpCall(
  house: House,
  endpoint: { readonly path: string; readonly token: string },
  name: string,
  args: JsonObject,
  toolUseId?: string,
) {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { roots: { listChanged: true }, elicitation: { form: {}, url: {} } },
    'io.modelcontextprotocol/clientInfo': { name: 'claude-code', version: '2.1.329' },
    ...(toolUseId !== undefined && { 'claudecode/toolUseId': toolUseId }),
  };
  const reply = await fetch(`${house.url}${endpoint.path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
      authorization: `Bearer ${endpoint.token}`,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args, _meta: meta } }),
  });
  const { result } = (await reply.json()) as {
    readonly result: { readonly isError?: boolean; readonly content: readonly { readonly text: string }[] };
  };
  return { isError: result.isError === true, text: result.content.map(({ text }) => text).join('\n') };
}
