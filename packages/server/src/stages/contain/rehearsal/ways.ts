import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { canary, pingTool } from './canary.ts';

/** What a call of the canary was answered with. */
export type Heard = 'ran' | 'stopped' | { readonly other: string };

/** One way in, as a client uses it. */
export interface Way {
  readonly path: 'mcp-http' | 'stdio' | 'hook';
  call(tool: string): Promise<Heard>;
  close(): void;
}

/** Where this node is reached, and with what. */
export interface Reach {
  readonly url: string;
  readonly token: string;
}

const version = '2026-07-28';
let calls = 0;

/** A call as a client sends it; each with another argument, because a repetition is something else to find. */
function callOf(id: number, name: string): JsonObject {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'trapkey-rehearsal', version: '1' },
  };
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: { turn: ++calls }, _meta } };
}

function endpoint(url: string): string {
  return `${url}/p/${canary.plugin}/${canary.version}/${canary.connector}`;
}

/** Streamable HTTP, over the gateway's own port. */
export function httpWay({ url, token }: Reach): Way {
  return {
    path: 'mcp-http',
    call: async (tool) => {
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
        'mcp-protocol-version': version,
        'mcp-method': 'tools/call',
        'mcp-name': tool,
      };
      return heard(await posted(endpoint(url), headers, callOf(1, tool)));
    },
    close: () => undefined,
  };
}

/** `trapkey stdio` in a process of its own, as a local client starts it. */
export function stdioWay({ url, token }: Reach, command: readonly string[]): Way {
  const [program = '', ...args] = command;
  const child: ChildProcess = spawn(program, [...args, 'stdio', canary.plugin, canary.connector, '--endpoint', endpoint(url)], {
    env: { PATH: process.env['PATH'] ?? '', TRAPKEY_TOKEN: token },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting = new Map<number, (heard: Heard) => void>();
  const gone = (why: string) => {
    for (const answer of waiting.values()) answer({ other: why });
    waiting.clear();
  };
  child.once('error', (error) => gone(error.message));
  child.once('exit', (code) => gone(`the bridge ended with ${code}`));
  child.stdin?.on('error', () => undefined);
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = answerIn(line);
      waiting.get(Number(message['id']))?.(heard(message));
      waiting.delete(Number(message['id']));
    });
  let ids = 0;
  return {
    path: 'stdio',
    call: (tool) => {
      const id = ++ids;
      const { promise, resolve } = Promise.withResolvers<Heard>();
      if (child.exitCode !== null) return Promise.resolve({ other: 'the bridge ended' });
      waiting.set(id, resolve);
      child.stdin?.write(`${JSON.stringify(callOf(id, tool))}\n`);
      return promise;
    },
    close: () => {
      gone('closed');
      child.kill();
    },
  };
}

/** The hook of a client, which asks before it runs a tool of its own, and says afterwards that it ran. */
export function hookWay({ url, token }: Reach, session: string): Way {
  const address = `${url}/hooks/claude/p/${canary.plugin}/${canary.version}/${canary.client}`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const base = { session_id: session, transcript_path: '/dev/null', cwd: '/', permission_mode: 'default' };
  return {
    path: 'hook',
    async call() {
      const about = { ...base, tool_name: pingTool, tool_input: { turn: ++calls }, tool_use_id: `toolu_${session.slice(0, 8)}${calls}` };
      const said = (await posted(address, headers, { ...about, hook_event_name: 'PreToolUse' }))['hookSpecificOutput'] as
        | JsonObject
        | undefined;
      const reason = String(said?.['permissionDecisionReason'] ?? '');
      if (said?.['permissionDecision'] !== 'allow') return /\(stopped\b/.test(reason) ? 'stopped' : { other: reason.slice(0, 200) };
      await posted(address, headers, { ...about, hook_event_name: 'PostToolUse', tool_response: 'still here', duration_ms: 0 });
      return 'ran';
    },
    close: () => undefined,
  };
}

async function posted(url: string, headers: Readonly<Record<string, string>>, body: JsonObject): Promise<JsonObject> {
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(60_000) });
  return answerIn(await reply.text());
}

/** As JSON, or as the last message of a stream: what takes long is answered in one. */
function answerIn(text: string): JsonObject {
  const data = text.startsWith('{')
    ? text
    : (text
        .split('\n')
        .findLast((line) => line.startsWith('data:'))
        ?.slice('data:'.length) ?? '');
  try {
    return JSON.parse(data) as JsonObject;
  } catch {
    return { error: { message: `no answer: ${text.slice(0, 100)}` } };
  }
}

function heard(message: JsonObject): Heard {
  const result = message['result'] as JsonObject | undefined;
  if (!result) return { other: String((message['error'] as JsonObject | undefined)?.['message'] ?? 'no answer').slice(0, 200) };
  if (result['isError'] !== true) return 'ran';
  const decision = (result['_meta'] as JsonObject | undefined)?.['io.trapkey/decision'] as JsonObject | undefined;
  return decision?.['code'] === 'stopped' ? 'stopped' : { other: String(decision?.['code'] ?? 'refused') };
}
