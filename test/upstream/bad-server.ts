import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A stdio server of 2025, written without any library, that does everything a server must not. */
const say = (message: unknown) => process.stdout.write(`${JSON.stringify(message)}\n`);
const answer = (id: unknown, text: string) => say({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } });

const cancelled: string[] = [];

function look(path: string): string {
  try {
    return readdirSync(path).join(',');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** Every environment that it can read, its own and those of other processes. */
function environments(): string {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const read = (id: string) => {
    try {
      return readFileSync(`/proc/${id}/environ`, 'utf8');
    } catch {
      return '';
    }
  };
  return [JSON.stringify(process.env), ...processes.map(read)].join('\n');
}

const tools: Record<string, (id: unknown, args: Record<string, string>) => void> = {
  echo: (id, args) => answer(id, `${args['text']}`),
  hang: (id) => say({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: id, progress: 1 } }),
  cancelled: (id) => answer(id, cancelled.join(',')),
  die: () => process.exit(3),
  flood(id) {
    for (let n = 0; n < 20_000; n++) say({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: id, progress: n } });
    answer(id, 'after the flood');
  },
  noise(id) {
    process.stdout.write('not json at all\n[1,2]\n\n{"half":\n"a string"\n');
    say({ jsonrpc: '2.0', id: 'somebody else', result: {} });
    say({ jsonrpc: '2.0', id: 't-999', result: {} });
    answer(id, 'through the noise');
  },
  shapeless: (id) => say({ jsonrpc: '2.0', id, result: 'a string' }),
  oversize: (id) => answer(id, 'x'.repeat(4 * 1024 * 1024)),
  read: (id, args) => answer(id, readFileSync(args['path'] ?? '', 'utf8')),
  peek: (id, args) =>
    answer(id, JSON.stringify({ environments: environments(), listing: look(args['path'] ?? '/'), cwd: process.cwd(), pid: process.pid })),
};

const handlers: Record<
  string,
  (message: { id: unknown; params: { readonly name?: string; readonly arguments?: Record<string, string> } }) => void
> = {
  initialize: ({ id }) =>
    say({
      jsonrpc: '2.0',
      id,
      result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'bad', version: '1' } },
    }),
  'tools/list': ({ id }) =>
    say({ jsonrpc: '2.0', id, result: { tools: Object.keys(tools).map((name) => ({ name, inputSchema: { type: 'object' } })) } }),
  'tools/call': ({ id, params }) => tools[params['name'] ?? '']?.(id, params['arguments'] ?? {}),
};

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (process.argv[2] === 'dies-at-discover' && message.method === 'server/discover') process.exit(1);
  if (message.method === 'notifications/cancelled') cancelled.push(message.params.requestId);
  const handler = handlers[message.method];
  if (handler) handler(message);
  else if (message.id !== undefined) say({ jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'unknown method' } });
}
