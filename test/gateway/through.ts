import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Definitions, Upstream } from '@trapkey/contract/upstream.ts';
import { mcpConnector } from '../../connectors/mcp/src/connector.ts';
import type { Handle } from '../../packages/server/src/kernel/handle.ts';
import { type Desk, openDesk } from './front.ts';

/** A front before a real upstream with nothing decided in between: what the front itself does to the protocol. */
export interface Through {
  readonly url: string;
  readonly desk: Desk;
  readonly upstream: Upstream;
  close(): Promise<void>;
}

export async function openThrough(upstreamUrl: string): Promise<Through> {
  const limits = { callTimeoutMs: 20_000, startTimeoutMs: 10_000, resultBytesMax: 4_000_000, concurrentMax: 64 };
  const address = { kind: 'http', url: upstreamUrl, privateNetwork: true } as const;
  const upstream = mcpConnector.open(address, limits, { sampling: true, clientName: 'trapkey', clientVersion: '0' });
  const definitions: Definitions = await upstream.definitions(AbortSignal.timeout(10_000));
  const handle: Handle = async (call, listeners) => {
    const params =
      call.method === 'tools/call' || call.method === 'prompts/get' ? { ...call.extra, name: call.name, arguments: call.args } : call.extra;
    const reply = await upstream.request({ method: call.method, params, clientCapabilities: call.clientCapabilities }, listeners);
    if (reply.kind === 'result') return { kind: 'result', call: call.id, result: reply.result, warnings: [] };
    if (reply.kind === 'error') return { ...reply, kind: 'protocol_error', call: call.id };
    const ruling = { verdict: 'deny', code: 'upstream_failed', rule: 'test', says: reply.detail, owner: 'nobody' } as const;
    return { kind: 'refused', call: call.id, ruling, happened: 'unknown' };
  };
  const desk = await openDesk(
    {},
    { handle, offer: () => ({ connection: 'c', ...definitions, asks: { sampling: true, elicitationHosts: ['example.com'] } }) },
  );
  upstream.onNotification((method) => {
    if (method.endsWith('/list_changed')) desk.gateway.notifyListChanged('c', method.split('/')[1] as 'tools');
  });
  const front = await addAuthorization(desk.url, 'Bearer ann');
  return {
    url: front.url,
    desk,
    upstream,
    async close() {
      front.server.closeAllConnections();
      front.server.close();
      await desk.gateway.close();
      await upstream.close();
    },
  };
}

/** A loopback forwarder that adds the Authorization header for clients that can't; everything else passes as it is, Host too. */
export async function addAuthorization(target: string, authorization: string): Promise<{ readonly url: string; readonly server: Server }> {
  const { hostname, port, pathname } = new URL(target);
  const server = createServer((req, res) => {
    const headers = { ...req.headers, authorization };
    const onward = httpRequest({ hostname, port, path: pathname, method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      res.flushHeaders();
      answer.pipe(res);
      answer.on('error', () => res.destroy());
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => onward.destroy());
    req.pipe(onward);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}${pathname}`, server };
}
