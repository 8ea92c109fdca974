import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ServerRequest } from '@trapkey/contract/upstream.ts';
import type { Offered } from '../kernel/offer.ts';
import { cleanObject } from './clean.ts';
import type { Line } from './line.ts';
import { isObject } from './rpc.ts';
import type { Session } from './sessions.ts';

/** What stands against passing an upstream's wish on to the client: policy, or a capability the client never declared. */
export type Unfit = { readonly says: string } | { readonly missing: JsonObject };

const askCharsMax = 32_768;

/** Checks one request that an upstream makes of the client: elicitation, sampling, roots; nothing else is passed on. */
export function unfit(request: ServerRequest, asks: Offered['asks'], capabilities: JsonObject): Unfit | undefined {
  const { method, params } = request;
  if (method === 'roots/list') return capabilities['roots'] === undefined ? { missing: { roots: {} } } : undefined;
  if (method === 'sampling/createMessage') {
    if (!asks.sampling) return { says: 'The connector asks to use the client’s model (sampling), which its connection does not allow' };
    return missingIn(capabilities, 'sampling', params['tools'] !== undefined || params['toolChoice'] !== undefined ? 'tools' : undefined);
  }
  if (method !== 'elicitation/create') return { says: 'The connector asks the client for something that is not passed on' };
  if (params['mode'] !== 'url') return missingIn(capabilities, 'elicitation', 'form');
  const url = params['url'];
  const host = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  const named = host && (asks.elicitationHosts.includes(host.hostname) || asks.elicitationHosts.includes('*'));
  const listed = named && host.protocol === 'https:' && host.username === '';
  return listed
    ? missingIn(capabilities, 'elicitation', 'url')
    : { says: 'The connector asks the person to open a link to a host that its connection does not list' };
}

function missingIn(capabilities: JsonObject, name: string, member: string | undefined): Unfit | undefined {
  const declared = capabilities[name];
  const missing = { missing: { [name]: member === undefined ? {} : { [member]: {} } } };
  if (!isObject(declared)) return missing;
  // A bare `elicitation: {}` means form, as before there were two modes.
  const implied = member === 'form' && declared['url'] === undefined;
  return member === undefined || declared[member] !== undefined || implied ? undefined : missing;
}

/** The requests of an `input_required` result, with what an upstream wrote in them cleaned; undefined when it is malformed. */
export function inputRequests(result: JsonObject): ReadonlyMap<string, ServerRequest> | undefined {
  const { inputRequests: requests } = result;
  if (requests === undefined) return new Map();
  if (!isObject(requests)) return undefined;
  const read = new Map<string, ServerRequest>();
  for (const [key, request] of Object.entries(requests)) {
    if (!isObject(request) || typeof request['method'] !== 'string') return undefined;
    const params = isObject(request['params']) ? request['params'] : {};
    read.set(key, { method: request['method'], params: cleanObject(params, askCharsMax) });
  }
  return read;
}

/** Asks the client of a session over the stream of the call that needs it; undefined when it declines, fails or takes too long. */
export function ask(
  session: Session,
  line: Line,
  request: ServerRequest,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  if (!line.canStream || signal.aborted) return Promise.resolve(undefined);
  const id = `trapkey-${++session.asks}`;
  return new Promise((resolve) => {
    const done = (result: JsonObject | undefined) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', gone);
      session.asked.delete(id);
      resolve(result);
    };
    const gone = () => done(undefined);
    const timer = setTimeout(gone, timeoutMs).unref();
    signal.addEventListener('abort', gone);
    session.asked.set(id, done);
    line.send(JSON.stringify({ jsonrpc: '2.0', id, method: request.method, params: cleanObject(request.params, askCharsMax) }));
  });
}
