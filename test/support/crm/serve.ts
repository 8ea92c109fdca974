import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { callTool, openHolding } from './call.ts';
import { type Modes, openMoods } from './modes.ts';
import { type Book, openBook } from './store.ts';
import { type CrmTool, tools } from './tools.ts';

/** Where the CRM keeps its book, and how it is made the first time. */
export interface CrmSettings {
  readonly file: string;
  readonly seed?: number;
  readonly accounts?: number;
  readonly port?: number;
  /** How it behaves from the start. */
  readonly modes?: Partial<Modes>;
}

/**
 * The CRM: an MCP server over Streamable HTTP at `/mcp`, for clients of 2025 and 2026, and plain HTTP beside it at `/control`
 * for whoever tests with it.
 */
export async function serveCrm({ file, seed = 1, accounts = 4_000, port = 0, modes = {} }: CrmSettings): Promise<{ readonly url: string }> {
  const book = openBook(file, { accounts, seed });
  const moods = openMoods(seed);
  moods.set(modes);
  const holding = openHolding();
  const here = new AsyncLocalStorage<ServerResponse>();
  const handler = createMcpHandler(() => {
    const server = new Server({ name: 'crm', version: '1.0.0' }, { capabilities: { tools: {} } });
    server.setRequestHandler('tools/list', () => ({ tools: offered(moods.modes()) as never }));
    server.setRequestHandler('tools/call', async ({ params }) => {
      const response = here.getStore() as ServerResponse;
      const key = params._meta?.['io.trapkey/idempotency-key'] as string | undefined;
      const arrived = { tool: params.name, args: params.arguments ?? {}, key, response };
      const { answer, isError } = await callTool({ book, moods, holding }, arrived);
      return {
        content: [{ type: 'text', text: isError ? String(answer['error']) : JSON.stringify(answer) }],
        ...(isError ? { isError } : { structuredContent: answer }),
      };
    });
    return server;
  });
  const mcp = toNodeHandler(handler);
  const control = controlOf(book, { modes: moods.modes, set: moods.set, held: holding.held, release: holding.release });
  const server = createServer((request, response) => {
    const answering = request.url?.startsWith('/control/')
      ? control(request, response)
      : here.run(response, () => mcp(request as never, response as never));
    answering.catch((error: unknown) => {
      if (response.writableEnded || response.destroyed) return;
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** The definitions of its tools; schemas are made once. */
function offered({ keys, read_back }: Modes): readonly object[] {
  return Object.entries(definitions[keys === 'unknown' ? 'keyless' : 'keyed'])
    .filter(([name]) => name !== 'get_account' || read_back !== 'missing')
    .map(([, definition]) => definition);
}

const define = (keyed: boolean) =>
  Object.fromEntries(
    Object.entries(tools).map(([name, { description, annotations, input, output, changes }]: [string, CrmTool]) => [
      name,
      {
        name,
        description,
        annotations,
        inputSchema: z.toJSONSchema(keyed && changes ? input.extend({ idempotency_key: z.string().max(200).optional() }) : input, {
          io: 'input',
        }),
        outputSchema: z.toJSONSchema(output),
      },
    ]),
  );
const definitions = { keyed: define(true), keyless: define(false) };

interface Controlled {
  modes(): Modes;
  set(change: Partial<Modes>): Modes;
  held(): readonly object[];
  release(): number;
}

/** The side door. */
function controlOf(book: Book, { modes, set, held, release }: Controlled) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://crm');
    const [, , what = '', id = ''] = url.pathname.split('/');
    const body = request.method === 'GET' ? undefined : ((await json(request)) as Record<string, unknown>);
    const reply = (value: unknown) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (what === 'modes') return reply(body ? set(body as Partial<Modes>) : modes());
    if (what === 'log') return reply(book.log(Number(url.searchParams.get('after') ?? 0)));
    if (what === 'held') return reply(held());
    if (what === 'release') return reply({ released: release() });
    if (what === 'accounts' && body) return reply(bySomeone(book, id, body));
    if (what === 'accounts') return reply(id ? (book.account(id) ?? null) : book.accounts());
    if (what === 'mails') return reply(book.file.prepare('select * from mails order by id').all());
    response.writeHead(404).end();
  };
}

/** Another user changes an account by the CRM's own screens. */
function bySomeone(book: Book, id: string, change: Readonly<Record<string, unknown>>): object {
  const asked = { by: 'someone', tool: 'screen', args: { id, ...change }, key: undefined, fault: undefined } as const;
  return book.once(asked, false, () => {
    const found = book.account(id);
    book.update(id, change);
    return { account: id, did: 'applied', before: found && { ...found }, after: change, answer: { ...found, ...change } };
  }).answer;
}
