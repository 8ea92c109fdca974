import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Server } from './e2e.ts';

/** How a client finds out what the server speaks: the SDK's own modes. */
export type Mode = 'auto' | 'legacy';

/** A real MCP client of the SDK, connected with what the configuration says. */
export async function connect(server: Server | undefined, mode: Mode = 'auto', options: ClientOptions = {}): Promise<Client> {
  if (!server) throw new Error('the configuration has no such server');
  const client = new Client({ name: 'e2e', version: '1.0.0' }, { versionNegotiation: { mode }, ...options });
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers: { ...server.headers } } }));
  return client;
}

/** The names of the upstream's tools that a client is offered: Trapkey's own come after them on every endpoint. */
export async function offered(client: Client): Promise<readonly string[]> {
  const names = (await client.listTools()).tools.map(({ name }) => name);
  return names.filter((name) => !name.startsWith('trapkey_'));
}

/** What the agent reads, and whether it is an answer or a refusal. */
export interface Heard {
  readonly text: string;
  readonly isError: boolean;
  readonly structured: unknown;
  readonly decision: Readonly<Record<string, unknown>> | undefined;
}

/** Calls a tool, and gives what a model would see of the answer. */
export async function call(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
  options: Parameters<Client['callTool']>[1] = {},
): Promise<Heard> {
  const result = await client.callTool({ name, arguments: args }, { timeout: 120_000, ...options });
  const content = result.content as readonly { readonly type: string; readonly text?: string }[];
  return {
    text: content.flatMap(({ text }) => text ?? []).join('\n'),
    isError: result.isError === true,
    structured: result.structuredContent,
    decision: result._meta?.['io.trapkey/decision'] as Heard['decision'],
  };
}

/** One request of revision 2026-07-28, as it goes over the wire; for what a client of the SDK would not send. */
export async function post(
  server: Server | undefined,
  method: string,
  params: Record<string, unknown>,
  more: RequestInit = {},
): Promise<Response> {
  if (!server) throw new Error('the configuration has no such server');
  const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} };
  const { name, uri } = params as { readonly name?: string; readonly uri?: string };
  return await fetch(server.url, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
    ...more,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...((name ?? uri) !== undefined && { 'mcp-name': name ?? uri }),
      ...server.headers,
      ...(more.headers as Record<string, string> | undefined),
    },
  });
}
