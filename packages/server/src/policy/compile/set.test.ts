// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the policy's own way to name an environment variable
import { describe, expect, test } from 'vitest';
import { compileSet, digestOf } from './set.ts';

const finance = `{ "connector": "finance-warehouse",
  "access": "read-only",
  "allowed_tables": ["deals", "regions", "forecasts"],
  "denied_columns": ["ssn", "bank_account", "comp_individual"],
  "row_limit": 50000,
  "requires_approval": false,
  "audit": { "log_every_query": true, "alert_if_rows_returned_over": 25000 } }
`;

function compiled(files: Record<string, string>, env: Record<string, string> = {}) {
  const set = compileSet(files, env);
  if (!set.ok) throw new Error(set.problems.map(({ file, line, says, nearest }) => `${file}:${line} ${says} (${nearest})`).join('\n'));
  return set.set;
}

function problems(files: Record<string, string>, env: Record<string, string> = {}) {
  const set = compileSet(files, env);
  return set.ok ? [] : set.problems;
}

describe('the data connector that owners already have', () => {
  test('parses verbatim, and its calls are refused with the reason', () => {
    const connector = compiled({ 'finance-warehouse.json': finance }).connectors.get('finance-warehouse');
    expect(connector).toMatchObject({ access: 'read-only', alertRowsOver: 25_000, requiresApproval: false });
    expect(connector?.notEnforceable).toContain('allowed_tables');
  });

  test('over a database gets its tools, its bounds, and a limit against paging', () => {
    const connection = 'connection: finance-warehouse\nowner: data@corp.example\nupstream: { postgres: "${env:WAREHOUSE_URL}" }\n';
    const env = { WAREHOUSE_URL: 'postgres://warehouse@127.0.0.1/w' };
    const set = compiled({ 'a.json': finance, 'b.yaml': connection }, env);
    const connector = set.connectors.get('finance-warehouse');
    expect(connector).toMatchObject({
      notEnforceable: undefined,
      bounds: { access: 'read-only', rowLimit: 50_000, deniedColumns: ['ssn', 'bank_account', 'comp_individual'] },
    });
    expect([...(connector?.tools.values() ?? [])].map(({ name, effect }) => `${name} ${effect}`)).toEqual([
      'query read',
      'describe read',
      'sample read',
    ]);
    expect(set.connections.get('finance-warehouse')?.upstream).toEqual({
      kind: 'postgres',
      url: env.WAREHOUSE_URL,
      tables: ['deals', 'forecasts', 'regions'],
    });
    expect(set.limits?.byConnector.get('finance-warehouse')).toMatchObject([{ measure: 'rows_read', max: 200_000, windowMs: undefined }]);
    expect(problems({ 'a.json': finance, 'b.yaml': connection }, { WAREHOUSE_URL: 'mysql://x' })).toMatchObject([
      { file: 'b.yaml', says: 'This is no postgres:// address' },
    ]);
  });

  test('on a connection that is not SQL, its limits are errors', () => {
    const connection = 'connection: finance-warehouse\nowner: data@corp.example\nupstream: { url: "https://w.example/mcp" }\n';
    expect(problems({ 'a.json': finance, 'b.yaml': connection }).map(({ line, says }) => [line, says.split(' ')[0]])).toEqual([
      [3, '`allowed_tables`'],
    ]);
  });
});

const base = `
connection: crm
owner: revops@corp.example
upstream: { url: "https://crm.example/mcp" }
---
connector: crm
tools:
  list_members: { effect: read }
  wipe: { effect: delete }
---
connector: crm-act
connection: crm
access: read-write
because: it acts
tools:
  set_tier: { effect: write, reversible: true }
  overwrite: { effect: write }
  send: { effect: send }
---
`;
const plugin = 'plugin: sales\nowner: o\nfor: [group:sales]\nrelease: { version: "1.0.0" }\n';

describe('references', () => {
  test.each([
    ['connector: x\nconnection: crn\n', 'There is no connection `crn`', 'crm'],
    [`${plugin}connectors: [crm-atc]\n`, 'There is no connector `crm-atc`', 'crm-act'],
    [`${plugin}connectors: [crm]\nautonomy: { crm-act.set_tier: approve }\n`, 'There is no connector of this plugin `crm-act`', undefined],
    [`${plugin}connectors: [crm-act]\nautonomy: { crm-act.set_teir: approve }\n`, 'There is no tool in `crm-act` `set_teir`', 'set_tier'],
    ['profile: p\nplugin: sale\nfor: [a]\nallow: [{ connector: crm, tools: [x] }]\n', 'There is no plugin `sale`', undefined],
    ['organization: o\nlists: { a: lists/flaged.csv }\n', 'There is no list file', 'lists/flagged.csv'],
    ['connector: crm\n', 'There is a `connector crm` already, in base.yaml:', undefined],
    ['connector: y\ntools: { a: { effect: read, instead: { tool: bb } }, b: { effect: read } }\n', 'There is no tool `bb`', 'b'],
  ])('%s', (text, says, nearest) => {
    const found = problems({ 'base.yaml': base, 'z.yaml': text, 'lists/flagged.csv': 'a' });
    expect(found).toMatchObject([{ file: 'z.yaml', says: expect.stringContaining(says), ...(nearest !== undefined && { nearest }) }]);
  });

  test('two people under one name are refused', () => {
    const directory = 'directory:\n  - { person: a@x.example }\n  - { person: b@x.example, aliases: [A@x.example] }\n';
    expect(problems({ 'd.yaml': directory })).toMatchObject([
      { file: 'd.yaml', line: 3, says: '`a@x.example` names two people in the directory' },
    ]);
  });
});

describe('what may never run without a person', () => {
  test.each([
    [`${plugin}connectors: [crm-act]\nautonomy: { crm-act.send: unattended }\n`, 'its effect is `send`'],
    [`${plugin}connectors: [crm-act]\nautonomy: { crm-act.overwrite: unattended }\n`, 'it is not reversible'],
    [`${plugin}connectors: [crm-act]\nautonomy: { crm-act.overwrite: sample }\n`, 'cannot be sampled: it is not reversible'],
    [`${plugin}connectors: [crm-act]\nautonomy: { crm-act.send: sample }\n`, 'cannot be sampled: its effect is `send`'],
    [
      'organization: o\nauto_execute: [{ tool: crm.wipe, reach: 1, because: b, owner: o, until: 2027-01-01 }]\n',
      'never executed without a person',
    ],
    ['organization: o\ntiers: { low: [read, send] }\n', '`send` (reaches a person or system) is never below high'],
    ['organization: o\ntiers: { low: [read, write] }\n', '`write` (changes a record) is never below medium'],
  ])('%s', (text, says) => {
    expect(problems({ 'base.yaml': base, 'z.yaml': text })).toMatchObject([{ file: 'z.yaml', says: expect.stringContaining(says) }]);
  });

  test('the tiers of the table hold where the organization says nothing, and may be raised', () => {
    expect(compiled({ 'o.yaml': 'organization: o\n' }).organization.tiers.get('write')).toBe('medium');
    expect(compiled({ 'o.yaml': 'organization: o\ntiers: { high: [write] }\n' }).organization.tiers.get('write')).toBe('high');
  });
});

describe('probes', () => {
  const probing = (tool: string): string =>
    `connector: mail\nconnection: crm\naccess: read-write\nbecause: b\ntools:\n  campaign: { effect: send, recipients: { probe: { tool: ${tool}, args: { list: args.list_id } }, value: result.emails } }\n`;

  test('read through a sibling that the plugin has', () => {
    const set = compiled({ 'base.yaml': base, 'm.yaml': probing('list_members'), 'p.yaml': `${plugin}connectors: [crm, mail]\n` });
    expect(set.connectors.get('mail')?.tools.get('campaign')?.recipients).toMatchObject({ connector: 'crm', tool: 'list_members' });
  });

  test.each([
    ['list_member', `${plugin}connectors: [crm, mail]\n`, 'has a tool `list_member` to probe with'],
    ['wipe', `${plugin}connectors: [crm, mail]\n`, 'A probe reads: `wipe` has effect `delete`'],
    ['list_members', `${plugin}connectors: [mail]\n`, 'Plugin `sales` has `mail` but not `crm`'],
  ])('%s with %s', (tool, text, says) => {
    expect(problems({ 'base.yaml': base, 'm.yaml': probing(tool), 'p.yaml': text })).toMatchObject([
      { file: 'm.yaml', line: 6, says: expect.stringContaining(says) },
    ]);
  });
});

describe('expressions, sentences and schemas', () => {
  const tool = (rest: string): Record<string, string> => ({ 'c.yaml': `connector: c\ntools:\n  t:\n    effect: read\n    ${rest}\n` });
  test.each([
    ['check: [{ rule: "arg.x == 1", says: no }]', 'Unknown name `arg`'],
    ['reach: "reach + 1"', 'Unknown name `reach`'],
    ['reach: "\'many\'"', 'a whole number from 0 up'],
    ['says: "for {args}"', '`{args}` cannot be filled in'],
    ['says: "for {before.x}"', '`{before.x}` cannot be filled in'],
    ['arguments: { properties: { a: { pattern: "(?=x)" } } }', 'This JSON Schema cannot be used'],
    ['arguments: { $ref: "https://x.example/s" }', 'only references inside it'],
    ['sources: ["\'${env:HOME}\'"]', 'is filled in `connection` documents, in `alerts` and in `canaries` only'],
  ])('%s', (rest, says) => {
    expect(problems(tool(rest))).toMatchObject([{ file: 'c.yaml', line: 5, says: expect.stringContaining(says) }]);
  });

  test('checks that need what tier finds are told apart', () => {
    const set = compiled(tool('check: [{ rule: "args.x == 1", says: a }, { rule: "reach < 5", says: b, mode: warn }]'));
    expect(set.connectors.get('c')?.tools.get('t')?.checks).toMatchObject([
      { id: 'check/c.t/1', needsTier: false, mode: 'enforce' },
      { id: 'check/c.t/2', needsTier: true, mode: 'warn' },
    ]);
  });

  test('the narrowest mode wins', () => {
    const text =
      'organization: o\nmode: observe\n---\nconnector: c\nmode: warn\ntools:\n  a: { effect: read, mode: enforce, check: [{ rule: "true", says: s }] }\n  b: { effect: read }\n---\nconnector: d\ntools: { e: { effect: read } }\n';
    const set = compiled({ 'a.yaml': text });
    const mode = (connector: string, name: string) => set.connectors.get(connector)?.tools.get(name)?.mode;
    expect([mode('c', 'a'), mode('c', 'b'), mode('d', 'e')]).toEqual(['enforce', 'warn', 'observe']);
    expect(set.connectors.get('c')?.tools.get('a')?.checks[0]?.mode).toBe('enforce');
  });
});

describe('the environment', () => {
  const connection =
    'connection: c\nowner: o\nupstream: { url: "https://x.example/${env:PATH_PART}", headers: { authorization: "Bearer ${env:TOKEN}" } }\n';

  test('is filled in when the set is compiled, and is no part of the digest', () => {
    const files = { 'c.yaml': connection };
    const one = compiled(files, { PATH_PART: 'mcp', TOKEN: 'secret-1' });
    const two = compiled(files, { PATH_PART: 'mcp', TOKEN: 'secret-2' });
    expect(one.connections.get('c')?.upstream).toEqual({
      kind: 'http',
      url: 'https://x.example/mcp',
      headers: { authorization: 'Bearer secret-1' },
      privateNetwork: false,
    });
    expect([one.digest, two.digest]).toEqual([digestOf(files), digestOf(files)]);
  });

  test('is named, and never shown, when it is missing or makes no sense', () => {
    const missing = problems({ 'c.yaml': connection }, { PATH_PART: 'mcp' });
    expect(missing).toMatchObject([{ file: 'c.yaml', line: 3, says: 'The environment variable TOKEN is not set' }]);
    const bad = problems({ 'c.yaml': 'connection: c\nowner: o\nupstream: { url: "${env:URL}" }\n' }, { URL: 'ftp://user:hunter2@x' });
    expect(bad).toHaveLength(1);
    expect(JSON.stringify(bad)).not.toContain('hunter2');
  });

  test('plain http needs the private network to be said', () => {
    const http = 'connection: c\nowner: o\nupstream: { url: "http://127.0.0.1:1/mcp" }\n';
    expect(problems({ 'c.yaml': http })).toMatchObject([{ says: 'Plain http needs `network: private`; elsewhere use https' }]);
    expect(problems({ 'c.yaml': `${http}network: private\n` })).toEqual([]);
  });
});

test('lists are part of the set and of its digest', () => {
  const organization = 'organization: o\nlists: { flagged: lists/flagged.csv }\n';
  const one = { 'o.yaml': organization, 'lists/flagged.csv': '\uFEFF4821,Acme\r\n"49,22",Bolt\r\n\r\n  4923 \r\n' };
  expect([...(compiled(one).lists.get('flagged')?.values ?? [])]).toEqual(['4821', '49,22', '4923']);
  expect(compiled(one).digest).not.toBe(compiled({ ...one, 'lists/flagged.csv': '4821\n' }).digest);
  expect(problems({ ...one, 'lists/flagged.csv': 'a\n"b\n' })).toMatchObject([
    { file: 'o.yaml', says: expect.stringContaining('line 2 opens a quote') },
  ]);
});
