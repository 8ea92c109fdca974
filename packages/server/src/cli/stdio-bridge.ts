import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { type Mirrored, mirroredIn } from '../kernel/mirrored.ts';
import { readEvents } from './stdio-events.ts';
import { field, headersFor, type Read, readJson, readLine, type StdioSession, versionKey } from './stdio-message.ts';

/** Where messages of a local client go, and where the answers are written, one a line. */
export interface BridgeOptions {
  readonly url: string;
  readonly token: string;
  readonly write: (line: string) => void;
  readonly retryMs: number;
}

/** A local stdio client's way to the gateway: every message is passed on as it came, and decided there. */
export interface Bridge {
  take(line: string): Promise<void>;
  close(): Promise<void>;
}

interface State {
  readonly options: BridgeOptions;
  readonly running: Map<Json, AbortController>;
  readonly closing: AbortController;
  session: StdioSession | undefined;
  opening: { readonly line: string; readonly done: Promise<void> } | undefined;
  /** Arguments that must be mirrored in headers, by tool; known once the tools were listed. */
  mirrored: ReadonlyMap<string, readonly Mirrored[]> | undefined;
}

/** Opens a bridge. Either era: headers that HTTP wants are made from the message, a session is kept where there is one. */
export function openBridge(options: BridgeOptions): Bridge {
  const state: State = {
    options,
    running: new Map(),
    closing: new AbortController(),
    session: undefined,
    opening: undefined,
    mirrored: undefined,
  };
  return {
    async take(line) {
      const message = readLine(line);
      if (message.method === 'notifications/cancelled' && !state.session)
        return state.running.get(message.params['requestId'] ?? null)?.abort();
      if (message.method === 'initialize' && message.meta[versionKey] === undefined) {
        const done = post(state, line, message);
        state.opening = { line, done };
        return done;
      }
      await state.opening?.done;
      await post(state, line, message);
      if (message.method === 'notifications/initialized') void follow(state);
    },
    async close() {
      const { session } = state;
      state.closing.abort();
      for (const running of state.running.values()) running.abort();
      if (session)
        await fetch(options.url, { method: 'DELETE', headers: headersOf(state, undefined), signal: AbortSignal.timeout(2_000) }).catch(
          () => undefined,
        );
    },
  };
}

async function post(state: State, line: string, message: Read, again = false): Promise<void> {
  const { options, running } = state;
  const abort = new AbortController();
  if (message.id !== undefined && message.method !== undefined) running.set(message.id, abort);
  try {
    if (message.method === 'tools/call' && message.meta[versionKey] !== undefined) await learn(state, message.meta);
    const response = await fetch(options.url, { method: 'POST', body: line, headers: headersOf(state, message), signal: abort.signal });
    if (response.status === 404 && state.session && state.opening && !again && (await reopen(state)))
      return await post(state, line, message, true);
    const session = response.headers.get('mcp-session-id');
    for await (const text of answersOf(response)) {
      const answer = readJson(text);
      if (message.method === 'initialize' && session !== null)
        state.session = { id: session, version: String(field(field(answer, 'result'), 'protocolVersion') ?? '') };
      options.write(own(answer, message, response) ?? text);
    }
  } catch (error) {
    if (abort.signal.aborted || message.id === undefined) return;
    const says = `The gateway at ${options.url} could not be reached: ${error instanceof Error ? error.message : String(error)}. Whether the call happened is not known; the record shows it.`;
    options.write(JSON.stringify({ jsonrpc: '2.0', id: message.id, error: { code: 50300, message: says } }));
  } finally {
    if (message.id !== undefined && running.get(message.id) === abort) running.delete(message.id);
  }
}

/** An error that came without an id gets the id of what it answers; a local client can't tell by the connection. */
function own(answer: Json | undefined, message: Read, response: Response): string | undefined {
  if (response.ok || message.id === undefined) return undefined;
  const error = field(answer, 'error') ?? { code: 50300, message: `The gateway answered HTTP ${response.status}.` };
  return JSON.stringify({ jsonrpc: '2.0', id: message.id, error });
}

async function* answersOf(response: Response): AsyncGenerator<string> {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') && response.body) {
    for await (const { data } of readEvents(response.body)) if (data !== '') yield data;
    return;
  }
  const text = (await response.text()).trim();
  if (text !== '') yield text.replaceAll('\n', ' ');
}

/** The gateway forgot the session (it was restarted): opens another with the client's own words, unseen by it. */
async function reopen(state: State): Promise<boolean> {
  const { options, opening } = state;
  const line = opening?.line ?? '';
  state.session = undefined;
  const response = await fetch(options.url, { method: 'POST', body: line, headers: headersOf(state, readLine(line)) });
  const session = response.headers.get('mcp-session-id');
  for await (const text of answersOf(response)) {
    const version = field(field(readJson(text), 'result'), 'protocolVersion');
    if (session !== null && typeof version === 'string') state.session = { id: session, version };
  }
  if (!state.session) return false;
  await fetch(options.url, {
    method: 'POST',
    body: '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    headers: headersOf(state, undefined),
  });
  void follow(state);
  return true;
}

/** Keeps the session's standing stream: what changed, said outside any request. */
async function follow(state: State): Promise<void> {
  const { session, options, closing } = state;
  let last: string | undefined;
  while (session && state.session === session && !closing.signal.aborted) {
    try {
      const headers = { ...headersOf(state, undefined), accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) };
      const response = await fetch(options.url, { headers, signal: closing.signal });
      if (!response.ok || !response.body) return;
      for await (const { id, data } of readEvents(response.body)) {
        last = id ?? last;
        if (data !== '') options.write(data);
      }
    } catch {
      if (closing.signal.aborted) return;
    }
    await new Promise((resolve) => setTimeout(resolve, options.retryMs).unref());
  }
}

/** Lists the tools once, to know which arguments go into headers. */
async function learn(state: State, meta: JsonObject): Promise<void> {
  if (state.mirrored) return;
  const line = JSON.stringify({ jsonrpc: '2.0', id: 'trapkey-stdio', method: 'tools/list', params: { _meta: meta } });
  const response = await fetch(state.options.url, { method: 'POST', body: line, headers: headersOf(state, readLine(line)) });
  const tools = field(field(readJson(await response.text()), 'result'), 'tools');
  if (!Array.isArray(tools)) return;
  state.mirrored = new Map(tools.map((tool: Json) => [String(field(tool, 'name')), mirroredIn(field(tool, 'inputSchema'))]));
}

function headersOf({ options, session, mirrored }: State, message: Read | undefined): Record<string, string> {
  return headersFor(message, { token: options.token, session, mirrored });
}
