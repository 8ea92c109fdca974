import { documents, laterKeys } from '@trapkey/contract/policy/documents.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { compileSet } from './compile/set.ts';
import { knownKeys } from './known-keys.ts';
import { nearest } from './nearest.ts';

/** A whole document of each kind, every key at every level in use. */
const whole = {
  connection: {
    connection: 'crm',
    owner: 'revops@corp.example',
    upstream: { url: 'https://crm.example/mcp', headers: { authorization: 'Bearer x' } },
    credentials: 'per_person',
    oauth: {
      issuer: 'https://login.crm.example',
      client_id: 'trapkey',
      client_secret: '${env:CRM_SECRET}',
      scopes: ['crm.read'],
      resource: 'https://crm.example/mcp',
      vendor: 'crm',
    },
    environment: 'production',
    sharing: 'none',
    sampling: false,
    elicitation_hosts: ['crm.example'],
    network: 'private',
    call_timeout: '20s',
  },
  connector: {
    connector: 'crm-act',
    connection: 'crm',
    owner: 'revops@corp.example',
    access: 'read-write',
    because: 'Re-tiering is what it is for',
    system_of_record: true,
    requires_approval: false,
    data: ['pii'],
    columns: { pay: ['comp'] },
    screen: { pii: 'mask', credit_card: 'withhold' },
    region: 'eu',
    regions: ['uk'],
    own: { field: 'tenant', values: ['corp'] },
    canaries: ['planted-value-1'],
    outsiders_write: ['results.notes'],
    tools: {
      set_tier: {
        effect: 'write',
        reversible: true,
        reach: '1',
        recipients: { probe: { tool: 'list_members', args: { list: 'args.list_id' } }, value: 'result.emails' },
        destination: 'args.to',
        amount: { value: 'args.amount', currency: 'args.currency' },
        sources: ["'crm:account/' + args.id"],
        check: [{ rule: "args.tier in ['A', 'B']", says: 'Tiers are A or B.', mode: 'enforce' }],
        arguments: { properties: { id: { pattern: '^[0-9]{4,8}$' } } },
        approvals: { approvers: ['group:managers'], needs: 1, expires: '1h' },
        requires_approval: false,
        says: 'set {args.id}',
        instead: { tool: 'list_members' },
        before: { tool: 'list_members', args: { list: 'args.list_id' } },
        undo: { tool: 'set_tier', args: { id: 'args.id', tier: 'before.tier' } },
        stage: { over: '20 per run', sample: 10, ticket_over: 1000 },
        idempotent: true,
        idempotency_argument: 'key',
        data: ['pii'],
        mode: 'enforce',
      },
      list_members: { effect: 'read', overlay: { of: 'crm-act.set_tier', where: 'staged.id == args.id', set: { tier: 'staged.tier' } } },
    },
    limits: { records: '100 per 1h' },
    resources: ['crm://*'],
    prompts: ['brief'],
    mode: 'enforce',
  },
  plugin: {
    plugin: 'sales',
    owner: 'm.osei@corp.example',
    for: ['group:sales'],
    release: { version: '2.1.0' },
    connectors: ['crm-act'],
    autonomy: { 'crm-act.set_tier': 'unattended' },
    limits: { depth: 2, agents: '8 per run' },
    region: 'eu',
    may_not_see: ['mnpi'],
    may_not_leave: ['pii'],
    skills: ['brief'],
    agents: ['reviewer'],
    mode: 'enforce',
  },
  profile: {
    profile: 'outreach',
    plugin: 'sales',
    for: ['group:sales'],
    allow: [{ connector: 'crm-act', tools: ['set_tier'], when: 'args.region == person.region' }],
    binds: { account: 'args.id' },
    limits: { actions: '50 per run' },
    skills: ['brief'],
    agents: ['reviewer'],
    lasts: '8h',
  },
  organization: {
    organization: 'corp',
    alerts: {
      approvals: {
        slack: '${env:SLACK_WEBHOOK}',
        webhook: { url: 'https://hooks.corp.example/trapkey', secret: '${env:SEC_HOOK}' },
        email: { smtp: '${env:SMTP_URL}', from: 'trapkey@corp.example', to: 'asked' },
      },
      operations: { slack: '${env:SLACK_WEBHOOK}' },
      network: 'public',
    },
    owner: 'security@corp.example',
    solo: false,
    inside: { domains: ['corp.example'], hosts: ['crm.example'], channels: ['#sales-*'] },
    tiers: { low: ['read', 'draft'], medium: ['write'], high: ['send', 'delete', 'pay', 'execute'] },
    autonomy: { start: 'approve' },
    auto_execute: [
      { tool: 'crm-act.set_tier', reach: 1, because: '412 of 412 approved', owner: 'revops@corp.example', until: '2027-03-31' },
    ],
    approvals: { high: { approvers: ['group:managers'], needs: 1, expires: '1h' } },
    break_glass: ['group:managers'],
    blast_radius: { max: 500, above: { approvers: ['group:security'], needs: 1 } },
    waiting: { 'claude-code': '110s', 'acme*': '0s', '*': '25s' },
    roles: { approver: ['group:managers'], operator: ['group:managers'], administrator: ['group:managers'] },
    lists: { flagged: 'lists/flagged.csv' },
    hooks: 'observe',
    same_goal: 'enforce',
    limits: { actions: '500 per 1h' },
    prompts: 'claimed',
    known_runs: ['write'],
    freeze: [{ from: '2026-12-24T00:00Z', to: '2027-01-02', bars: ['write'] }],
    mode: 'enforce',
  },
  directory: {
    directory: [
      { person: 'j.rivera@corp.example', groups: ['sales'], region: 'eu', manager: 'm.osei@corp.example', aliases: ['jr@corp.example'] },
    ],
  },
  entitlement: {
    entitlement: 'emea-sales',
    groups: ['sales'],
    people: ['m.osei@corp.example'],
    allow: [{ connector: 'crm-act', tools: ['set_tier'], rows: "row.region == 'EMEA' && row.owner != person.id" }],
  },
} as const satisfies Record<keyof typeof documents, Record<string, unknown>>;

const env = {
  CRM_SECRET: 'x',
  SLACK_WEBHOOK: 'https://hooks.slack.example/services/x',
  SEC_HOOK: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  SMTP_URL: 'smtp://localhost:587',
};

const files = (set: Record<string, unknown>): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(set).map(([kind, document]) => [`${kind}.yaml`, stringify(document)])),
  'lists/flagged.csv': '4821\n',
});

test('every key of the published schema is used by the whole set, and the set compiles', () => {
  expect(compileSet(files(whole), env)).toMatchObject({ ok: true });
  const sqlOnly = ['allowed_tables', 'denied_columns', 'row_limit', 'audit'];
  for (const kind of Object.keys(documents) as (keyof typeof documents)[]) {
    const keys = knownKeys(documents[kind], []).filter((key) => !sqlOnly.includes(key) && key !== 'env');
    expect(Object.keys(whole[kind]).sort()).toEqual([...keys].sort());
  }
});

/** Every key that a document has and the schema names, with its path. */
function keysOf(
  kind: keyof typeof documents,
  value: unknown,
  path: readonly PropertyKey[] = [],
): readonly (readonly [readonly PropertyKey[], string])[] {
  if (typeof value !== 'object' || value === null) return [];
  const named = new Set(knownKeys(documents[kind], path));
  return Object.entries(value).flatMap(([key, child]) => [
    ...(named.has(key) && !(path.length === 0 && key === kind) ? ([[path, key]] as const) : []),
    ...keysOf(kind, child, [...path, Array.isArray(value) ? Number(key) : key]),
  ]);
}

test('a typo in any key names file, line and the nearest known key', () => {
  const every = (Object.keys(whole) as (keyof typeof whole)[]).flatMap((kind) =>
    keysOf(kind, whole[kind]).map(([path, key]) => ({ kind, path, key })),
  );
  expect(every.length).toBeGreaterThan(60);
  fc.assert(
    fc.property(fc.constantFrom(...every), fc.nat(), fc.constantFrom('drop', 'double', 'swap', 'upper'), ({ kind, path, key }, at, how) => {
      const typed = mistype(key, at, how);
      const known = knownKeys(documents[kind], path);
      fc.pre(typed !== key && typed.length > 1 && !known.includes(typed));
      // `liits` is as near to `lists` as to `limits`: a typo that leads to two keys tells nothing of which was meant.
      fc.pre(nearest(typed, known) === nearest(typed, [...known].reverse()));
      const document = structuredClone(whole[kind]) as Record<string, unknown>;
      let here = document as Record<PropertyKey, unknown>;
      for (const segment of path) here = here[segment] as Record<PropertyKey, unknown>;
      const entries = Object.entries(here).map(([name, value]) => [name === key ? typed : name, value] as const);
      for (const name of Object.keys(here)) delete here[name];
      for (const [name, value] of entries) here[name] = value;
      const text = stringify(document);
      const compiled = compileSet({ ...files(whole), [`${kind}.yaml`]: text }, env);
      expect(compiled.ok).toBe(false);
      const problems = compiled.ok ? [] : compiled.problems;
      const line = text.split('\n').findIndex((written) => new RegExp(`^[\\s-]*${typed}:`).test(written)) + 1;
      expect(problems).toContainEqual(
        expect.objectContaining({ file: `${kind}.yaml`, line, nearest: key, says: expect.stringContaining(`Unknown key \`${typed}\``) }),
      );
    }),
    { numRuns: 400 },
  );
});

function mistype(key: string, at: number, how: string): string {
  const i = at % key.length;
  if (how === 'drop') return key.slice(0, i) + key.slice(i + 1);
  if (how === 'double') return key.slice(0, i) + key[i] + key.slice(i);
  if (how === 'upper') return key.slice(0, i) + key.slice(i, i + 1).toUpperCase() + key.slice(i + 1);
  return key.slice(0, i) + (key[i + 1] ?? '') + key[i] + key.slice(i + 2);
}

describe('what this build cannot enforce is an error, never ignored', () => {
  const places: readonly (readonly [keyof typeof whole, readonly PropertyKey[], readonly string[]])[] = [
    ['connector', [], laterKeys['connector'] ?? []],
    ['connector', ['tools', 'set_tier'], laterKeys['connector.tools.*'] ?? []],
    ['plugin', [], laterKeys['plugin'] ?? []],
    ['plugin', ['release'], laterKeys['plugin.release'] ?? []],
    ['profile', [], laterKeys['profile'] ?? []],
    ['organization', [], laterKeys['organization'] ?? []],
  ];
  const cases = places.flatMap(([kind, path, keys]) => keys.map((key) => [kind, path, key] as const));
  test.each(cases)('%s %j %s', (kind, path, key) => {
    const document = structuredClone(whole[kind]) as Record<string, unknown>;
    let here = document as Record<PropertyKey, unknown>;
    for (const segment of path) here = here[segment] as Record<PropertyKey, unknown>;
    here[key] = ['anything'];
    const compiled = compileSet({ ...files(whole), [`${kind}.yaml`]: stringify(document) }, env);
    expect(compiled).toMatchObject({
      ok: false,
      problems: [{ file: `${kind}.yaml`, says: expect.stringContaining(`This build cannot enforce \`${key}\``) }],
    });
  });
});

describe('files that cannot be read', () => {
  test.each([
    ['conector: x\n', 'is no kind of document', 'connector'],
    ['- a\n- b\n', 'A document is a map', undefined],
    ['connector: x\nconnector: y\n', 'unique', undefined],
    ['connector: "x\n', 'closing', undefined],
    ['connector: x\n__proto__: { a: 1 }\n', '__proto__', undefined],
    ['connector: x\naccess: read-wrtie\n', 'read-only', 'read-write'],
    ['connector: x\naccess: read-write\n', 'needs `because`', undefined],
    ['connector: X Y\n', 'lower-case letters', undefined],
    ['plugin: p\nowner: o\nfor: [a]\nconnectors: [crm-act]\n', '`release` is missing', undefined],
    ['plugin: p\nowner: o\nfor: [a]\nrelease: { version: 2.1 }\nconnectors: [crm-act]\n', 'release.version', undefined],
    [`connector: x\ntools: ${'{ a: '.repeat(60)}1${' }'.repeat(60)}\n`, 'deeper', undefined],
  ])('%s', (text, says, nearest) => {
    const compiled = compileSet({ 'a.yaml': text }, {});
    expect(compiled).toMatchObject({
      ok: false,
      problems: [{ file: 'a.yaml', says: expect.stringContaining(says), ...(nearest !== undefined && { nearest }) }],
    });
  });

  test('no bytes make the reader throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const compiled = compileSet({ 'a.yaml': text }, {});
        expect(typeof compiled.ok).toBe('boolean');
      }),
    );
  });
});
