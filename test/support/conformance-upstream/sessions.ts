import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { isInitializeRequest, type McpServer } from '@modelcontextprotocol/server';
import { eventStore } from './events.ts';

/** The sessions of clients of 2025: one server and one transport for each. */
export interface Sessions {
  handle(request: IncomingMessage, response: ServerResponse, body?: unknown): Promise<void>;
  closeStream(session: string | undefined, request: string | number): void;
  close(): Promise<void>;
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32000, message } }));
}

/** Opens a session at each `initialize` and routes by `Mcp-Session-Id` from then on. */
export function openSessions(createServer: () => McpServer): Sessions {
  const transports = new Map<string, NodeStreamableHTTPServerTransport>();

  async function open(): Promise<NodeStreamableHTTPServerTransport> {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      eventStore: eventStore(),
      retryInterval: 5000,
      onsessioninitialized: (id) => void transports.set(id, transport),
    });
    transport.onclose = () => void transports.delete(transport.sessionId ?? '');
    await createServer().connect(transport);
    return transport;
  }

  return {
    async handle(request, response, body) {
      const id = request.headers['mcp-session-id'];
      const known = typeof id === 'string' ? transports.get(id) : undefined;
      if (known) return await known.handleRequest(request, response, body);
      if (id !== undefined) return refuse(response, 404, 'Session not found');
      if (!isInitializeRequest(body)) return refuse(response, 400, 'Bad Request: Session ID required');
      return await (await open()).handleRequest(request, response, body);
    },
    closeStream: (session, request) => transports.get(session ?? '')?.closeSSEStream(request),
    async close() {
      await Promise.all([...transports.values()].map((transport) => transport.close()));
    },
  };
}
