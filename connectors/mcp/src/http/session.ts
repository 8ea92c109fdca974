import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { OpenOptions, UpstreamAddress, UpstreamLimits } from '@trapkey/contract/upstream.ts';
import { listTools } from '../definitions.ts';
import { eraOf, shakeHands } from '../handshake.ts';
import type { Era, Link, Notify, Session } from '../link.ts';
import { call, type HttpContext } from './call.ts';
import { openDoor } from './door.ts';
import { type Mirrored, mirroredByTool } from './headers.ts';

type HttpAddress = Extract<UpstreamAddress, { kind: 'http' }>;

const headerMismatch = -32020;
const unmirrored: readonly Mirrored[] = [];

/** Tools of 2026 may mirror arguments into headers: which do is asked once, and again when the server disagrees. */
function mirrors(session: Session, timeoutMs: number) {
  let known: Promise<ReadonlyMap<string, readonly Mirrored[]>> | undefined;
  return {
    async of(tool: unknown, signal: AbortSignal): Promise<readonly Mirrored[]> {
      known ??= listTools(session, signal, timeoutMs).then(mirroredByTool);
      const found = await known.catch(() => {
        known = undefined;
        return new Map<string, readonly Mirrored[]>();
      });
      return found.get(String(tool)) ?? unmirrored;
    },
    forget() {
      known = undefined;
    },
  };
}

async function connect(
  address: HttpAddress,
  limits: UpstreamLimits,
  options: OpenOptions,
  known: Era | undefined,
  notify: Notify,
): Promise<Session> {
  const door = openDoor(address, { connections: limits.concurrentMax, connectMs: limits.startTimeoutMs, bytesMax: limits.resultBytesMax });
  const transport = new StreamableHTTPClientTransport(door.url, {
    fetch: authorized(door.fetch, options.authorization),
    requestInit: { headers: { ...address.headers } },
  });
  const flooded = () => void close();
  const client = await shakeHands({
    transport,
    options,
    timeoutMs: limits.startTimeoutMs,
    probeMs: limits.startTimeoutMs,
    known,
    notify,
    flooded,
  }).catch(async (error: unknown) => {
    await door.close();
    throw error;
  });
  const era = eraOf(client);
  const sessionId = transport.sessionId;
  const version = client.getNegotiatedProtocolVersion();
  const headers: Readonly<Record<string, string>> = {
    ...address.headers,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(era === 'legacy' && version !== undefined && { 'mcp-protocol-version': version }),
    ...(sessionId !== undefined && { 'mcp-session-id': sessionId }),
  };
  const context: HttpContext = {
    door,
    era,
    options,
    bytesMax: limits.resultBytesMax,
    sessionful: sessionId !== undefined,
    get headers() {
      const authorization = options.authorization?.();
      return authorization === undefined ? headers : { ...headers, authorization };
    },
  };
  let dead = false;
  let requests = 0;

  async function close(): Promise<void> {
    if (dead) return;
    dead = true;
    await Promise.race([transport.terminateSession(), new Promise((gone) => setTimeout(gone, 1_000).unref())]).catch(() => undefined);
    await client.close().catch(() => undefined);
    await door.close();
  }

  const session: Session = {
    era,
    client,
    get dead() {
      return dead;
    },
    async send(outgoing, listeners, timeoutMs) {
      const id = `t-${++requests}`;
      if (era === 'legacy' || outgoing.method !== 'tools/call') return await call(context, id, outgoing, unmirrored, listeners, timeoutMs);
      const first = await call(context, id, outgoing, await params.of(outgoing.params['name'], listeners.signal), listeners, timeoutMs);
      if (first.kind !== 'error' || first.code !== headerMismatch) return first;
      // Refused before it ran, because its headers do not fit: the tool's schema moved meanwhile.
      params.forget();
      return await call(context, `${id}r`, outgoing, await params.of(outgoing.params['name'], listeners.signal), listeners, timeoutMs);
    },
    close,
  };
  const params = mirrors(session, limits.startTimeoutMs);
  return session;
}

/** The SDK's own requests carry the person's token as it is at that moment. */
function authorized(fetch: typeof globalThis.fetch, authorization: OpenOptions['authorization']): typeof globalThis.fetch {
  if (!authorization) return fetch;
  return (input, init) => {
    const headers = new Headers(init?.headers);
    const value = authorization();
    if (value === undefined) headers.delete('authorization');
    else headers.set('authorization', value);
    return fetch(input, { ...init, headers });
  };
}

/** The link to an upstream over Streamable HTTP. */
export function httpLink(address: HttpAddress, limits: UpstreamLimits, options: OpenOptions): Link {
  let known: Era | undefined;
  return {
    async connect(notify) {
      const session = await connect(address, limits, options, known, notify);
      known = session.era;
      return session;
    },
    async close() {},
  };
}
