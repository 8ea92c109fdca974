import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { z } from 'zod';

/** One tool of a sample business system. */
export interface SystemTool {
  readonly description: string;
  readonly input: z.ZodObject;
  readonly reads?: true;
  answer(args: Readonly<Record<string, unknown>>): JsonObject;
}

/** A sample business system: a real MCP server on a loopback port. */
export interface System {
  readonly url: string;
  /** Offers other definitions from now on, and says so to whoever listens. */
  redefine(tools: Readonly<Record<string, SystemTool>>): void;
  close(): Promise<void>;
}

/** Starts one. */
export async function startSystem(name: string, tools: Readonly<Record<string, SystemTool>>): Promise<System> {
  let offered = tools;
  const handler = createMcpHandler(() => {
    const server = new Server({ name, version: '1.0.0' }, { capabilities: { tools: { listChanged: true } } });
    server.setRequestHandler('tools/list', () => ({ tools: Object.entries(offered).map(definition) as never }));
    server.setRequestHandler('tools/call', ({ params }) => called(offered[params.name], (params.arguments ?? {}) as JsonObject));
    return server;
  });
  const server = createServer(getRequestListener((request) => handler.fetch(request)));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    redefine(now) {
      offered = now;
      handler.notify.toolsChanged();
    },
    async close() {
      await handler.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function definition([name, { description, input, reads }]: [string, SystemTool]) {
  return { name, description, inputSchema: z.toJSONSchema(input, { io: 'input' }), ...(reads && { annotations: { readOnlyHint: true } }) };
}

function called(tool: SystemTool | undefined, args: JsonObject) {
  const parsed = tool?.input.safeParse(args);
  if (!tool || !parsed?.success) return failed(tool ? 'The arguments are not as the schema says.' : 'There is no such tool.');
  try {
    const answer = tool.answer(parsed.data);
    return { content: [{ type: 'text' as const, text: JSON.stringify(answer) }], structuredContent: answer };
  } catch (error) {
    return failed(error instanceof Error ? error.message : 'It failed.');
  }
}

function failed(text: string) {
  return { content: [{ type: 'text' as const, text }], isError: true };
}
