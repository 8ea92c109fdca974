import { expect, test } from 'vitest';
import { type House, openHouse } from '../incidents/house.ts';
import { policy, tools } from './house.ts';

async function within(lines: Parameters<typeof policy>[0], play: (house: House) => Promise<void>): Promise<void> {
  const house = await openHouse({ tools, policy: policy(lines) }, 'governed');
  try {
    await play(house);
  } finally {
    await house.close();
  }
}

test('denied columns are gone from structure and text at every depth, rows over the limit are cut, and both are said', () =>
  within({ connector: 'denied_columns: [SSN]\nrow_limit: 1' }, async (house) => {
    const agent = await house.agent('ann@corp.example', 'crm');
    const heard = await agent.call('list');
    expect(heard.isError).toBe(false);
    expect(heard.structured).toEqual({ rows: [{ id: '1', name: 'Ada', email: 'ada@example.org', tenant: 'corp', pay: 91_000 }] });
    expect(heard.text).toContain('Kept back by policy: column "ssn" (1); rows 2 to 2 of 2.');
    for (const as of [
      '{"a":[{"Ssn":"078-05-1123"}]}',
      '| id | ssn |\n|----|-----|\n| 1 | 078-05-1123 |',
      'id,ssn,name\n1,078-05-1123,Ada',
      'Found:\n```json\n{"ssn":"078-05-1123"}\n```',
      '- ssn: 078-05-1123',
      '{"columns":["id","ssn"],"rows":[["1","078-05-1123"]]}',
      '{"a":{"ssn":"078-05-1123"},"a":1}',
      'broken {"ssn": "078-05-1123"',
    ]) {
      const said = await agent.call('text', { as });
      expect(said.text, as).not.toContain('078');
    }
    expect(agent.heard.join()).not.toMatch(/078-05-1123|219-09-9998/);
    const executed = house.written.find(({ kind, tool }) => kind === 'executed' && tool === 'list');
    expect(executed?.result?.screened).toEqual(['columns', 'rows_cut']);
  }));

test('what a schema asks for is replaced by nothing of the same kind, and the answer stays valid', () =>
  within({ connector: 'denied_columns: [ssn, pay]' }, async (house) => {
    const agent = await house.agent('ann@corp.example', 'crm');
    const heard = await agent.call('strict');
    expect(heard.isError).toBe(false);
    expect(heard.structured).toMatchObject({
      rows: [
        { ssn: '', pay: 0 },
        { ssn: '', pay: 0 },
      ],
    });
    expect(agent.heard.join()).not.toMatch(/078|91000/);
  }));

test('what looks like a class is hidden, or withholds the answer, as the connector says', () =>
  within({ connector: 'screen: { pii: mask, secret: withhold }' }, async (house) => {
    const agent = await house.agent('ann@corp.example', 'crm');
    const masked = await agent.call('text', { as: 'Write to ada@example.org, card 4111 1111 1111 1111.' });
    expect(masked.text).toContain('Write to [email address hidden], card [credit card hidden].');
    const key = `sk-ant-api03-${'a1B2'.repeat(8)}`;
    const withheld = await agent.call('text', { as: `The key is ${key}.` });
    expect(withheld.isError).toBe(true);
    expect(withheld.text).toContain('result_withheld');
    expect(agent.heard.join()).not.toMatch(/ada@example|4111|sk-ant/);
    expect(house.reached('text')).toHaveLength(2);
  }));

test('a class that is certain is refused before the call; one that a column tells is screened', () =>
  within({ connector: 'columns: { pay: [comp] }\ndata: [comp]', plugin: 'may_not_see: [mnpi, comp]' }, async (house) => {
    const agent = await house.agent('ann@corp.example', 'crm');
    expect((await agent.tools()).map(({ name }) => name)).not.toContain('forecast');
    expect((await agent.call('forecast')).text).toContain('class_barred');
    expect(house.reached('forecast')).toEqual([]);
    expect((await agent.call('list')).isError).toBe(false);
    expect(agent.heard.join()).not.toContain('91000');
  }));

test('data of another region reaches nobody outside it', () =>
  within({ connector: 'region: us\nregions: [uk]' }, async (house) => {
    const agent = await house.agent('ann@corp.example', 'crm');
    expect((await agent.call('list')).text).toContain('region_barred');
    expect(house.reached('list')).toEqual([]);
    await house.publish(policy({ connector: 'region: us\nregions: [uk]', region: 'uk' })(house.upstream.url));
    expect((await (await house.agent('ann@corp.example', 'crm')).call('list')).isError).toBe(false);
  }));

const bound = `---
profile: one
plugin: desk
for: ["group:sales"]
allow: [{ connector: crm, tools: [account, list] }]
binds: { account: args.id }`;

test('a run is bound to the first account that it touches, two at once and a restart included', () =>
  within({ more: bound }, async (house) => {
    const agent = await house.agent('ann@corp.example', 'crm');
    const both = await Promise.all([agent.call('account', { id: '11' }), agent.call('account', { id: '22' })]);
    expect(both.filter(({ isError }) => isError)).toHaveLength(1);
    expect(both.find(({ isError }) => isError)?.text).toContain('bound_elsewhere');
    expect(house.reached('account')).toHaveLength(1);
    const id = house.reached('account')[0]?.args['id'] as string;
    await house.restart();
    expect((await agent.call('account', { id })).isError).toBe(false);
    expect((await agent.call('account', { id: '33' })).text).toContain('bound_elsewhere');
    expect((await agent.call('list')).isError).toBe(false);
    expect(house.reached('account').every(({ args }) => args['id'] === id)).toBe(true);
  }));

test('after a class was read, what goes outside waits for a person, and the ticket says which class and from where', () =>
  within({ connector: 'data: [pii]', plugin: 'may_not_leave: [pii]' }, async (house) => {
    const crm = await house.agent('ann@corp.example', 'crm');
    const out = await house.agent('ann@corp.example', 'out');
    expect((await out.call('search_web', { q: 'weather' })).isError).toBe(false);
    expect((await out.call('search_web', { q: 'who is ada@example.org' })).text).toContain('held for approval');
    expect((await crm.call('list')).isError).toBe(false);
    await house.restart();
    const held = await out.call('search_web', { q: 'weather again' });
    expect(held.ticket).not.toBe('');
    expect(held.text).toMatch(/pii was read \(from crm\.list/);
    expect(house.reached('search_web')).toHaveLength(1);
    const inside = await out.call('mail', { to: 'bo@corp.example' });
    expect(inside.text).not.toContain('must not leave');
  }));
