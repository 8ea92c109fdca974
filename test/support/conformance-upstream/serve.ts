import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { classifyInboundRequest, createMcpHandler } from '@modelcontextprotocol/server';
import { createConformanceServer } from './features.ts';
import { type Live, stateCodec } from './live.ts';
import { openSessions } from './sessions.ts';

const one = (header: string | string[] | undefined) => (Array.isArray(header) ? header[0] : header);

/** A running conformance upstream, both eras on one endpoint. */
export interface ConformanceUpstream {
  readonly url: string;
  /** Tells every open subscription that the tools changed. */
  toolsChanged(): void;
  close(): Promise<void>;
}

/** Which eras it speaks: `legacy` makes it a server that knows nothing later than 2025-11-25. */
export interface ConformanceOptions {
  readonly port?: number;
  readonly eras?: 'both' | 'legacy';
}

/** Starts the upstream that the official conformance suite passes against, on a loopback port. */
export async function startConformanceUpstream({ port = 0, eras = 'both' }: ConformanceOptions = {}): Promise<ConformanceUpstream> {
  const live: Live = {
    state: stateCodec(),
    closeStream: (session, request) => sessions.closeStream(session, request),
    toolsChanged: () => modern.notify.toolsChanged(),
    promptsChanged: () => modern.notify.promptsChanged(),
  };
  const modern = createMcpHandler(() => createConformanceServer(live), { legacy: 'reject' });
  const modernNode = toNodeHandler(modern);
  const sessions = openSessions(() => createConformanceServer(live));
  const guards = [localhostHostValidation(), localhostOriginValidation()];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (guards.some((guard) => !guard(request, response))) return;
    if (request.method !== 'POST') return await sessions.handle(request, response);
    const body = await json(request).catch(() => undefined);
    if (body === undefined) {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}');
      return;
    }
    const inbound = classifyInboundRequest({
      httpMethod: 'POST',
      protocolVersionHeader: one(request.headers['mcp-protocol-version']),
      mcpMethodHeader: one(request.headers['mcp-method']),
      body,
    } as Parameters<typeof classifyInboundRequest>[0]);
    if (inbound.kind === 'legacy' || eras === 'legacy') return await sessions.handle(request, response, body);
    await modernNode(request as never, response as never, body);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    toolsChanged: live.toolsChanged,
    async close() {
      await sessions.close();
      await modern.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
