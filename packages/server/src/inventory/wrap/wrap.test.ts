import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { parseJson } from '../readers/json.ts';
import { openWrapping, unwrap, writeWrapped } from './act.ts';
import { keptFolder } from './kept.ts';
import { upstreamOf } from './upstream-of.ts';

const runs = Number(process.env['TRAPKEY_WRAP_RUNS'] ?? 60);

const name = fc.oneof(
  fc.constantFrom('crm', 'CRM', 'my server', 'a.b', 'münze', 'x-1'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
);
const entry = fc.oneof(
  fc.record({
    command: fc.constantFrom('npx', '/usr/bin/node'),
    args: fc.array(fc.string({ maxLength: 12 }), { maxLength: 3 }),
    env: fc.dictionary(fc.constantFrom('A', 'API_KEY'), fc.string({ maxLength: 9 })),
  }),
  fc.record({ type: fc.constant('http'), url: fc.constantFrom('https://a.example/mcp', 'https://b.example/x?key=1'), timeout: fc.nat() }),
  fc.record({ type: fc.constant('sse'), url: fc.constant('https://c.example/') }),
);
const style = fc.record({
  bom: fc.boolean(),
  end: fc.constantFrom('\n', '\r\n'),
  indent: fc.constantFrom('', ' ', '  ', '\t', '      '),
  comments: fc.boolean(),
  trailing: fc.boolean(),
  tail: fc.constantFrom('', '\n', '\r\n\r\n', ' // end'),
  place: fc.constantFrom('mcpServers', 'servers', 'projects'),
});

function written(
  servers: Readonly<Record<string, object>>,
  how: { [K in 'bom' | 'comments' | 'trailing']: boolean } & {
    readonly end: string;
    readonly indent: string;
    readonly tail: string;
    readonly place: string;
  },
): string {
  const all = how.place === 'projects' ? { projects: { '/w/shop': { mcpServers: servers } } } : { [how.place]: servers };
  let text = JSON.stringify({ before: [1, { x: null }], ...all, after: 'é {"mcpServers": 1}' }, null, how.indent);
  if (how.trailing) text = text.replace(/(\n?)\}$/, ',$1}');
  if (how.comments) text = text.replace(/^\{/, '{ /* first */').replace(/\}$/, '/* "last": { */ }');
  return `${how.bom ? '\uFEFF' : ''}${text.replaceAll('\n', how.end)}${how.tail}`;
}

it('unwrap gives every byte back, whatever the file looks like', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-wrap-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [file, data] = [join(folder, '.mcp.json'), join(folder, 'data')];
  const parts = { data, managed: [], taken: () => new Set<string>(), ask: async () => undefined };
  let wrapped = 0;
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, entry, { minKeys: 1, maxKeys: 5 }), style, async (servers, how) => {
      const text = written(servers, how);
      writeFileSync(file, text);
      const wrapping = await openWrapping({ path: file, person: 'you@localhost', privateNetwork: false }, parts);
      await writeWrapped(wrapping, {
        data,
        person: 'you@localhost',
        gatewayed: (connector) => ({ command: 'trapkey', args: ['stdio', 'p', connector] }),
      });
      const after = readFileSync(file, 'utf8');
      const problems: string[] = [];
      const value = parseJson(after, (_, says) => problems.push(says));
      expect(problems).toEqual([]);
      const before = parseJson(text, () => {});
      expect(Object.keys(value ?? {})).toEqual(Object.keys(before ?? {}));
      const count = wrapping.plan.entries.filter(({ server }) => server).length;
      expect(after.split('"trapkey"').length - 1).toBe(count);
      wrapped += count;
      // A change elsewhere survives; then nothing else differs.
      if (count > 0) {
        writeFileSync(file, after.replace('"after"', '"later"'));
        const merged = await unwrap(file, { data, policyFolder: join(folder, 'policy'), managed: [] });
        expect(merged.kind).toBe('merged');
        expect(readFileSync(file, 'utf8')).toBe(text.replace('"after"', '"later"'));
        writeFileSync(file, text);
        const again = await openWrapping({ path: file, person: 'you@localhost', privateNetwork: false }, parts);
        await writeWrapped(again, { data, person: 'you@localhost', gatewayed: () => ({ url: 'http://127.0.0.1/p/a/1.0.0/b' }) });
      }
      const back = await unwrap(file, { data, policyFolder: join(folder, 'policy'), managed: [] });
      expect(back.kind).toBe('restored');
      expect(readFileSync(file)).toEqual(Buffer.from(text, 'utf8'));
    }),
    { numRuns: runs },
  );
  expect(wrapped).toBeGreaterThan(runs / 2);
});

it('reads nothing that readers could take for different things, and touches nothing that is not the person’s own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-wrap-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, '.mcp.json');
  const parts = { data: join(folder, 'data'), managed: [join(folder, 'etc')], taken: () => new Set<string>(), ask: async () => undefined };
  const opened = (path: string) => openWrapping({ path, person: 'you@localhost', privateNetwork: false }, parts);
  for (const [text, says] of [
    ['{"mcpServers": {"a": {"command": "x"}, "a": {"command": "y"}}}', 'twice'],
    ['{"mcpServers": {"a": {"command": "x"}', 'is not valid JSON'],
    [`{"mcpServers": ${'['.repeat(200)}`, 'nested deeper'],
    ['[]', 'holds no JSON object'],
  ] as const) {
    writeFileSync(file, text);
    await expect(opened(file)).rejects.toThrow(says);
    expect(readFileSync(file, 'utf8')).toBe(text);
  }
  writeFileSync(file, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]));
  await expect(opened(file)).rejects.toThrow('not UTF-8');
  for (const path of [join(folder, 'etc', 'x.json'), join(folder, '.claude', 'plugins', 'x', '.mcp.json')])
    await expect(opened(path)).rejects.toThrow(/managed by your organization|installed plugin/);
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'etc', 'x.json'), '{}');
  symlinkSync(join(folder, 'etc', 'x.json'), join(folder, 'link.json'));
  await expect(opened(join(folder, 'link.json'))).rejects.toThrow('managed by your organization');
  await expect(unwrap(file, { data: parts.data, policyFolder: folder, managed: [] })).rejects.toThrow('was not wrapped from here');
});

it('knows its own entries, as installed, through npx or from a checkout', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-wrap-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, '.mcp.json');
  const where = ['--data', '/d', '--policy', '/p', 'stdio', 'shop', 'crm', '--token-file', '/t'];
  const ours = [
    { command: 'trapkey', args: where },
    { command: 'npx', args: ['-y', 'trapkey@0.1.0', ...where] },
    { command: '/usr/bin/node', args: ['/x/packages/server/src/main.ts', ...where] },
    { type: 'http', url: 'http://127.0.0.1:7117/p/shop/1.0.0/crm' },
  ];
  writeFileSync(file, JSON.stringify({ mcpServers: { ...ours, other: { command: 'nottrapkey', args: ['stdio'] } } }));
  const parts = { data: folder, managed: [], taken: () => new Set<string>(), ask: async () => undefined };
  const { plan } = await openWrapping({ path: file, person: 'you@localhost', privateNetwork: false }, parts);
  expect(plan.entries.map(({ says }) => says)).toEqual([...ours.map(() => 'goes through the gateway already'), undefined]);
});

it('a backup that is not the one that was kept is not written back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-wrap-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [file, data] = [join(folder, '.mcp.json'), join(folder, 'data')];
  writeFileSync(file, '{"mcpServers": {"a": {"command": "x"}}}');
  const choice = { path: file, person: 'you@localhost', privateNetwork: false };
  const wrapping = await openWrapping(choice, { data, managed: [], taken: () => new Set(), ask: async () => undefined });
  await writeWrapped(wrapping, { data, person: 'you@localhost', gatewayed: () => ({ command: 'trapkey' }) });
  const after = readFileSync(file, 'utf8');
  writeFileSync(join(keptFolder(data, file), 'backup'), '{}');
  await expect(unwrap(file, { data, policyFolder: folder, managed: [] })).rejects.toThrow('is not the one that was kept');
  expect(readFileSync(file, 'utf8')).toBe(after);
});

/** As configurations and policy write a variable. */
const variable = (of: string) => `\${${of}}`;

it('stands in front of nothing that it could not reach the same way, and says why', () => {
  const said = (entry: object, privateNetwork = false) => upstreamOf(entry as never, 'crm', { folder: '/w', privateNetwork });
  for (const [entry, says] of [
    [{ type: 'sse', url: 'https://a.example/' }, 'speaks sse'],
    [{ url: 'https://a.example/', oauth: { clientId: 'x' } }, 'signs each person in'],
    [{ url: 'https://a.example/', headersHelper: 'x' }, 'headersHelper'],
    [{ command: 'node', args: [`${variable('CLAUDE_PLUGIN_ROOT')}/x.js`] }, 'only its client fills in'],
    [{ url: '' }, 'has no address'],
    [{ url: 'https://10.0.0.8/mcp' }, '--allow-private'],
    [{ url: 'http://169.254.169.254/latest' }, '169.254.169.254'],
    [{ url: 'http://a.example/' }, 'without encryption'],
    [{ url: 'https://u:p@a.example/' }, 'credentials in its address'],
    [{ url: 'file:///etc/passwd' }, 'file:'],
  ] as const)
    expect(said(entry)).toContain(says);
  expect(said({ url: 'https://169.254.169.254/' }, true)).toContain('169.254.169.254');
  expect(said({ url: 'https://10.0.0.8/mcp' }, true)).toMatchObject({ connection: { network: 'private' } });
  expect(said({ url: 'https://a.example/mcp?key=abc', headers: { 'X-Key': variable('MINE'), Other: 'v' } })).toEqual({
    upstream: {
      url: variable('env:TRAPKEY_WRAPPED_CRM_URL'),
      headers: { 'X-Key': variable('env:MINE'), Other: variable('env:TRAPKEY_WRAPPED_CRM_HEADER_OTHER') },
    },
    connection: {},
    secrets: { TRAPKEY_WRAPPED_CRM_URL: 'https://a.example/mcp?key=abc', TRAPKEY_WRAPPED_CRM_HEADER_OTHER: 'v' },
    warnings: [],
  });
});
