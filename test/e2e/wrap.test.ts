import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseJson } from '../../packages/server/src/inventory/readers/json.ts';
import { entriesOf, type House, openHouseForTest } from '../support/e2e.ts';
import { call, connect } from '../support/e2e-client.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';

const secret = 'hunter2-do-not-print';
const servers = new URL('../../node_modules/@modelcontextprotocol/', import.meta.url).pathname;
let upstream: RecordingUpstream;
beforeAll(async () => {
  upstream = await startUpstream({ look: { description: 'Look up an account' }, wipe: { description: 'Delete everything' } }, secret);
});
afterAll(() => upstream.close());

const configuration = () =>
  `\uFEFF{\r\n\t// what we use\r\n\t"mcpServers": {\r\n\t\t"My CRM": { "type": "http", "url": "${upstream.url}", /* ours */ "headers": { "Authorization": "Bearer ${secret}" }, "timeout": 5 },\r\n` +
  `\t\t"memory": {\r\n\t\t\t"command": ${JSON.stringify(process.execPath)},\r\n\t\t\t"args": ["${servers}server-memory/dist/index.js"],\r\n\t\t\t"env": { "MEMORY_NOTE": "${secret}" },\r\n\t\t},\r\n` +
  `\t\t"odd": { "type": "sse", "url": "https://odd.example/sse" },\r\n\t},\r\n\t"other": [1,2 ,3],\r\n}\r\n\r\n`;

function project(house: House, text = configuration()): string {
  mkdirSync(join(house.folder, 'shop'), { recursive: true });
  const file = join(house.folder, 'shop', '.mcp.json');
  writeFileSync(file, text);
  chmodSync(file, 0o640);
  return file;
}

interface Wrapped {
  readonly mcpServers: Readonly<Record<string, { readonly command: string; readonly args: string[]; readonly timeout?: number }>>;
}
const configured = (file: string) => parseJson(readFileSync(file, 'utf8'), () => {}) as unknown as Wrapped;

async function started(house: House, file: string, name: string): Promise<Client> {
  const { command, args } = configured(file).mcpServers[name] ?? { command: '', args: [] };
  const client = new Client({ name: 'e2e', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command, args, env: { ...house.env }, stderr: 'pipe' }));
  return client;
}

it('puts the gateway in front, observes, and goes away again byte for byte', async () => {
  const house = openHouseForTest();
  const file = project(house);
  const dry = await house.run(['wrap', file, '--dry-run']);
  expect(dry).toMatchObject({ status: 0, err: '' });
  expect(dry.out).toMatch(/- url: http:\/\/127[\s\S]*\+ command: .*stdio[\s\S]*odd: stays as it is; it speaks sse/);
  expect(readFileSync(file, 'utf8')).toBe(configuration());
  const wrapped = await house.run(['wrap', file, '--yes', '--live']);
  expect(wrapped).toMatchObject({ status: 0, err: '' });
  expect(wrapped.out).toContain('2 servers of');
  const after = readFileSync(file, 'utf8');
  const policy = readdirSync(house.policy).map((name) => readFileSync(join(house.policy, name), 'utf8'));
  for (const text of [dry.out, wrapped.out, after, ...policy]) expect(text).not.toContain(secret);
  expect(after).toContain('// what we use\r\n');
  expect(after.endsWith('"other": [1,2 ,3],\r\n}\r\n\r\n')).toBe(true);
  expect(configured(file).mcpServers['My CRM']?.timeout).toBe(5);
  expect(statSync(file).mode & 0o777).toBe(0o640);

  const client = await started(house, file, 'My CRM');
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['look', 'wipe']));
  expect(await call(client, 'wipe')).toMatchObject({ isError: false, text: expect.stringMatching(/^wipe done\n/) });
  await client.close();
  expect(upstream.calls.map(({ name }) => name)).toEqual(['wipe']);
  const [decided] = await entriesOf(house, 'kind:decided tool:wipe');
  expect(decided).toMatchObject({ verdict: 'allow', plugin: 'wrapped-shop@1.0.0', would: [{ verdict: 'hold' }] });

  const gateway = await house.serve();
  const memory = await started(house, file, 'memory');
  expect((await call(memory, 'read_graph')).isError).toBe(false);
  await memory.close();
  await gateway.stop();
  const unwrapped = await house.run(['unwrap', file]);
  expect(unwrapped).toMatchObject({ status: 0, out: expect.stringContaining('byte for byte') });
  expect(readFileSync(file, 'utf8')).toBe(configuration());
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readFileSync(join(house.data, 'wrapped', 'variables.json'), 'utf8')).not.toContain(secret);
  // The policy that names the emptied values still starts, until it is taken out.
  await (await house.serve()).stop();
});

it('keeps what others changed since, takes in what they added, and refuses where both changed the same', async () => {
  const house = openHouseForTest();
  const file = project(house);
  const first = await house.run(['wrap', file, '--yes', '--json']);
  const { enrolled } = JSON.parse(first.out) as { enrolled: { person: string; code: string } };
  expect(enrolled.person).toBe('you@localhost');
  const added = readFileSync(file, 'utf8').replace(
    '"odd":',
    `"more": { "url": "${upstream.url}", "headers": { "Authorization": "Bearer ${secret}" } },\r\n\t\t"odd":`,
  );
  writeFileSync(file, added);
  const again = await house.run(['wrap', file, '--yes', '--http', '--code-stdin'], { input: enrolled.code });
  expect(again).toMatchObject({ status: 0, err: '' });
  const gateway = await house.serve();
  const http = configured(file).mcpServers['more'] as unknown as { url: string; headers: { Authorization: string } };
  const client = await connect({ url: http.url.replace(/^http:\/\/[^/]+/, gateway.url), headers: http.headers });
  expect((await call(client, 'look')).text).toMatch(/^look done\n/);
  await client.close();
  await gateway.stop();

  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/"url": ?"http:[^"]*\/more"/, '"url": "https://elsewhere.example/"'));
  const both = await house.run(['unwrap', file]);
  expect(both).toMatchObject({ status: 2, err: expect.stringContaining('more was changed by somebody else. Nothing was changed') });
  writeFileSync(file, text.replace('[1,2 ,3]', '[4]'));
  const merged = await house.run(['unwrap', file, '--json']);
  expect(JSON.parse(merged.out)).toMatchObject({ kind: 'merged' });
  const wanted = configuration()
    .replace('"odd":', `"more": { "url": "${upstream.url}", "headers": { "Authorization": "Bearer ${secret}" } },\r\n\t\t"odd":`)
    .replace('[1,2 ,3]', '[4]');
  expect(readFileSync(file, 'utf8')).toBe(wanted);
});

it('leaves alone what is not the person’s own', async () => {
  const house = openHouseForTest();
  const managed = join(house.folder, 'managed-mcp.json');
  writeFileSync(managed, '{"mcpServers": {"a": {"command": "x"}}}');
  expect(await house.run(['wrap', managed, '--yes'])).toMatchObject({
    status: 2,
    err: expect.stringContaining('managed by your organization'),
  });
  expect(readdirSync(house.policy)).toEqual([]);
});
