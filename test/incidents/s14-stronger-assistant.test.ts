import { describe, expect, it } from 'vitest';
import type { Fixture } from './house.ts';
import { openHouse } from './house.ts';
import { replay } from './replay.ts';

const rows = [
  { id: '1', name: 'Alpine AG', region: 'EMEA' },
  { id: '2', name: 'Pacific KK', region: 'APAC' },
  { id: '3', name: 'Nobody knows' },
];
const serviceKey = 'crm-service-account-sees-everything';
const json = (value: object) => ({ content: [{ type: 'text', text: JSON.stringify(value) }] });

const fixture: Fixture = {
  tools: {
    search: { answer: () => ({ structuredContent: { total: 3, summary: 'Pacific KK leads', results: rows }, ...json({ results: rows }) }) },
    list: { answer: () => json(rows) },
    get: { answer: ({ id }) => json(rows.find((row) => row.id === id) ?? {}) },
    told: { answer: () => ({ content: [{ type: 'text', text: 'Pacific KK pays 9 million.' }] }) },
    broken: { answer: () => ({ isError: true, content: [{ type: 'text', text: 'Row Pacific KK is locked' }] }) },
    export_contacts: { answer: () => json(rows) },
  },
  upstreamToken: serviceKey,
  env: { CRM_KEY: serviceKey },
  policy: (url) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
---
directory:
  - { person: ann@corp.example, groups: [sales], region: EMEA }
  - { person: ops@corp.example, groups: [sales, revops] }
  - { person: new@corp.example, groups: [sales, interns] }
---
connection: crm
owner: revops@corp.example
upstream: { url: "${url}", headers: { Authorization: "Bearer \${env:CRM_KEY}" } }
network: private
---
connector: crm
tools:
  search: { effect: read }
  list: { effect: read }
  get: { effect: read }
  told: { effect: read }
  broken: { effect: read }
  export_contacts: { effect: read }
---
plugin: desk
owner: revops@corp.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [crm]
---
entitlement: region-sales
people: [ANN@corp.example]
allow: [{ connector: crm, tools: [search, list, get, told, broken], rows: "row.region == person.region" }]
---
entitlement: everything
groups: [revops]
allow: [{ connector: crm }]
`,
};

replay('S14: somebody steers an assistant that may do more than they may', fixture, async (house) => {
  const ann = await house.agent('ann@corp.example', 'crm');
  const refused = await ann.call('export_contacts');
  expect(refused.text).toContain('NOT DONE: not allowed. The entitlements of this person for crm do not include this (not_entitled');
  expect(house.reached('export_contacts')).toEqual([]);
  expect((await ann.tools()).map(({ name }) => name)).not.toContain('export_contacts');

  // What the service account answers is more than she may see: she gets her rows, and no total of the rest.
  const found = await ann.call('search');
  expect(found.structured).toEqual({ total: 1, results: [rows[0]] });
  expect(JSON.parse(found.text.split('\n')[0] ?? '')).toEqual({ total: 1, results: [rows[0]] });
  expect((await ann.call('list')).text).toContain('Alpine');
  expect((await ann.call('get', { id: '1' })).text).toContain('Alpine');
  for (const tool of ['get', 'told', 'broken']) expect((await ann.call(tool, { id: '2' })).isError).toBe(true);
  for (const heard of ann.heard) expect(heard).not.toMatch(/Pacific|Nobody knows/);

  // In the same plugin, nobody without an entitlement reaches it at all.
  const intern = await house.agent('new@corp.example', 'crm');
  expect((await intern.call('list')).text).toContain('not_entitled');
  expect(house.reached('list')).toHaveLength(1);
});

describe('S14, the person who may', () => {
  it('exports all of it, and the record tells whose rows were kept back', async () => {
    const house = await openHouse(fixture, 'governed');
    try {
      const ops = await house.agent('ops@corp.example', 'crm');
      expect((await ops.call('export_contacts')).text).toContain('Pacific');
      const ann = await house.agent('ann@corp.example', 'crm');
      await ann.call('list');
      const done = house.written.filter(({ kind }) => kind === 'executed');
      expect(done.map(({ result }) => result?.screened)).toEqual([[], ['rows']]);
      const refusal = (await ann.call('export_contacts')).decided;
      expect(house.written.find((entry) => entry.kind === 'decided' && entry.call === refusal)).toMatchObject({
        verdict: 'deny',
        code: 'not_entitled',
        rule: 'entitlement/region-sales/1',
      });
    } finally {
      await house.close();
    }
  });
});
