/** `npm run demo`: a scripted agent (a real MCP client) makes allowed, checked, refused and held calls through a real gateway. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const main = new URL('../packages/server/src/main.ts', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'trapkey-demo-'));
const data = join(folder, 'data');
const samples = join(folder, 'samples');
const say = (text = ''): void => console.log(text);

interface Started {
  readonly process: ChildProcess;
  readonly code: string;
  readonly servers: Readonly<Record<string, { readonly url: string; readonly headers: Readonly<Record<string, string>> }>>;
}

/** Starts `trapkey start` and reads from what it prints what a person would read. */
function start(): Promise<Started> {
  const child = spawn(process.execPath, [main, '--data', data, '--port', '0', 'start'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (!printed.includes('Each decided call is a line below')) return;
      const code = /Code of \S+: (\S+)/.exec(printed)?.[1];
      const json = printed.slice(printed.indexOf('{'), printed.lastIndexOf('}') + 1);
      if (code === undefined) reject(new Error(`no code was printed:\n${printed}`));
      else resolve({ process: child, code, servers: (JSON.parse(json) as { mcpServers: Started['servers'] }).mcpServers });
    });
    child.once('exit', (status) => reject(new Error(`trapkey start ended with ${status}:\n${printed}`)));
  });
}

/** Runs one command of the CLI as a person at the same machine would. */
function trapkey(args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, '--data', data, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.stdin.end(input);
    child.once('exit', () => resolve(printed.trim()));
  });
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');

async function connected({ servers }: Started, name: string): Promise<Client> {
  const server = servers[name];
  if (!server) throw new Error(`the configuration has no ${name}`);
  const client = new Client({ name: 'demo-agent', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers: { ...server.headers } } }));
  return client;
}

async function call(client: Client, what: string, name: string, args: Record<string, unknown>): Promise<string> {
  const { content } = await client.callTool({ name, arguments: args });
  const text = (content as readonly { readonly type: string; readonly text?: string }[]).flatMap((block) => block.text ?? []).join('\n');
  say(`\n  ${what}\n    ${name} ${JSON.stringify(args)}`);
  say(indented(text.length > 700 ? `${text.slice(0, 700)} …` : text));
  return text;
}

say(`Starting a gateway in ${folder} …`);
const started = await start();
try {
  const [files, act, memory] = await Promise.all(
    ['starter-files', 'starter-files-act', 'starter-memory-act'].map((name) => connected(started, name)),
  );
  if (!files || !act || !memory) throw new Error('not connected');
  const offered = (await act.listTools()).tools.map((tool) => tool.name);
  say(`\nThe agent is offered, of the file server's tools that change something: ${offered.join(', ')}`);

  say('\n1. ALLOWED: reading is low tier; it runs and is recorded.');
  await call(files, 'The agent reads the forecast.', 'read_text_file', { path: join(samples, 'quarterly-forecast.csv') });

  say('\n2. CHECKED: a change that can be undone is medium tier; the checks of the policy pass, and it runs.');
  await call(act, 'The agent writes a summary.', 'write_file', {
    path: join(samples, 'summary.md'),
    content: '# EMEA leads with 4.12 M at 0.7\n',
  });

  say('\n3. REFUSED: the same tool, outside the folder; then a tool that the connector does not offer.');
  await call(act, 'The agent writes elsewhere.', 'write_file', { path: '/etc/cron.d/agent', content: '* * * * * root true' });
  await call(files, 'The agent uses the reading connector to write.', 'write_file', { path: join(samples, 'x.md'), content: 'x' });

  say('\n4. HELD: deleting is high tier; a person decides, and exactly what they saw runs, once.');
  await call(memory, 'The agent wants to delete a note.', 'delete_entities', { entityNames: ['Northwind'] });
  const list = JSON.parse(await trapkey(['approvals', 'list', '--json'])) as readonly { readonly id: string }[];
  const ticket = list[0]?.id ?? '';
  say(`\n  A person looks at it and approves with a code of their own:\n    trapkey approvals approve ${ticket}`);
  say(indented(await trapkey(['approvals', 'approve', ticket, '--code-stdin'], started.code)));
  await call(memory, 'The agent makes the same call again: it runs.', 'delete_entities', { entityNames: ['Northwind'] });

  say('\n5. STOPPED: one command, and nothing runs any more.');
  say(indented(await trapkey(['stop', 'everything', '--reason', 'demo'])));
  await call(files, 'The agent reads again.', 'read_text_file', { path: join(samples, 'quarterly-forecast.csv') });

  say('\nThe record has all of it, and proves itself:');
  say(indented(await trapkey(['record', 'list', 'kind:decided'])));
  say(indented(await trapkey(['record', 'verify'])));
} finally {
  started.process.removeAllListeners('exit');
  started.process.kill('SIGTERM');
  await new Promise((resolve) => started.process.once('exit', resolve));
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
