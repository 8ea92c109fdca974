import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectAs, entriesOf, type Gateway, type House, openHouse, openHouseForTest, type Servers, until } from '../support/e2e.ts';
import { call, connect, offered } from '../support/e2e-client.ts';
import { ann, as, boss, corp, dave } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';

const tools = {
  look: { inputSchema: { type: 'object', properties: { id: { type: 'string' } } } },
  slow: {},
  note: { inputSchema: { type: 'object', properties: { id: { type: 'string' } } } },
  slow_note: {},
  send: { inputSchema: { type: 'object', properties: { to: { type: 'array' } } } },
};

const starter = new URL('../../policies/starter', import.meta.url).pathname;

describe('a policy that changes while the gateway serves', () => {
  let upstream: RecordingUpstream;
  let house: House;
  let gateway: Gateway;
  let servers: Servers;
  let look: Client;
  let act: Client;
  let running: string;
  let daveCode: string;

  beforeAll(async () => {
    upstream = await startUpstream(tools);
    running = corp(upstream.url);
    house = openHouse({ 'corp.yaml': running });
    gateway = await house.serve({ command: ['up', '--admin', boss] });
    servers = await connectAs(house, 'sales', gateway.code, ['--as', boss, '--person', ann]);
    const enrolled = await house.run(['enroll', dave, '--role', 'administrator', '--json', ...as(boss)], { input: gateway.code });
    daveCode = (JSON.parse(enrolled.out) as { code: string }).code;
    [look, act] = await Promise.all([connect(servers['sales-crm']), connect(servers['sales-crm-act'])]);
  });
  afterAll(async () => {
    await Promise.all([look?.close(), act?.close()]);
    house?.remove();
    await upstream?.close();
  });

  it('with a typo: the running one goes on, the alarm names file and line, and an entry is there', async () => {
    const typo = running.replace('call_timeout', 'call_timeuot');
    house.write('corp.yaml', typo);
    await gateway.says(/The policy folder does not check, so it is not used; sha256:\w+ keeps running\./, 'stderr');
    const line = typo.split('\n').findIndex((text) => text.includes('call_timeuot')) + 1;
    const said = await gateway.says(/corp\.yaml:\d+: .*/, 'stderr');
    expect(said).toContain(`corp.yaml:${line}: `);
    expect((await call(look, 'look', { id: '1' })).isError).toBe(false);
    const checked = await house.run(['policy', 'check']);
    expect(checked.status).toBe(1);
    expect(checked.out).toMatch(new RegExp(`corp\\.yaml:${line}:\\d+ .*Did you mean \`call_timeout\``));
    const refused = await entriesOf(house, 'kind:admin');
    expect(refused.some(({ reason }) => String(reason).includes('does not check'))).toBe(true);
    const applied = await house.run(['policy', 'apply', ...as(boss)], { input: gateway.code });
    expect(applied).toMatchObject({ status: 2, err: expect.stringContaining('Nothing was changed.') });
    house.write('corp.yaml', running);
  });

  it('tighter: it applies by itself', async () => {
    const before = upstream.calls.length;
    const tighter = running.replace('  note: { effect: write, reversible: true, reach: "1" }\n', (line) =>
      line.replace(' }', ', requires_approval: true }'),
    );
    house.write('corp.yaml', tighter);
    await until('note is held', async () => (await call(act, 'note', { id: '7' })).decision?.['ticket'] !== undefined);
    const sent = upstream.calls.slice(before).length;
    expect((await call(act, 'note', { id: '8' })).text).toContain('NOT DONE: held for approval');
    expect(upstream.calls.slice(before)).toHaveLength(sent);
    expect((await entriesOf(house, 'action:policy.tighten')).length).toBe(1);
    running = tighter;
  });

  it('looser: it waits for two administrators, is then in force, and can be taken back', async () => {
    const looser = running.replace('slow: { effect: read }', 'slow: { effect: read }\n  send: { effect: read }');
    house.write('corp.yaml', looser);
    const diff = await house.run(['policy', 'diff']);
    expect(diff).toMatchObject({ status: 0, out: expect.stringMatching(/^\+ .*send/m) });
    await until('the change is proposed', async () => (await entriesOf(house, 'action:policy.propose')).length > 0);
    const before = upstream.calls.length;
    expect((await call(look, 'send', { to: ['x'] })).decision).toMatchObject({ code: 'not_offered' });
    expect(await house.run(['policy', 'apply', ...as(boss)], { input: 'WRONG' })).toMatchObject({ status: 2 });
    const first = await house.run(['policy', 'apply', ...as(boss)], { input: gateway.code });
    expect(first.out).toContain(`${boss} said yes. The running policy asks for a second administrator`);
    const twice = await house.run(['policy', 'apply', ...as(boss)], { input: gateway.code });
    expect(twice.out).toContain('asks for a second administrator');
    expect((await call(look, 'send', { to: ['x'] })).decision).toMatchObject({ code: 'not_offered' });
    expect(upstream.calls).toHaveLength(before);
    const second = await house.run(['policy', 'apply', ...as(dave)], { input: daveCode });
    expect(second).toMatchObject({ status: 0, out: expect.stringContaining('runs now, from the next call on') });
    await until('send is offered', async () => !(await call(look, 'send', { to: ['x'] })).isError);
    expect(upstream.calls.at(-1)?.name).toBe('send');

    // Going back tightens here, so one administrator is enough.
    const back = await house.run(['policy', 'rollback', ...as(dave)], { input: daveCode });
    expect(back).toMatchObject({ status: 0, out: expect.stringContaining('runs now') });
    await until('send is gone', async () => (await call(look, 'send', { to: ['x'] })).decision?.['code'] === 'not_offered');
    house.write('corp.yaml', running);
  });

  it('replayed: the whole record decided again, with what would be another verdict', async () => {
    const stricter = join(house.folder, 'stricter');
    const proposed = openHouseForTest({
      'corp.yaml': running.replace('look: { effect: read }', 'look: { effect: read, requires_approval: true }'),
    });
    const replay = await house.run(['policy', 'replay', proposed.policy]);
    expect(replay.status, stricter).toBe(0);
    expect(replay.out).toMatch(/decisions replayed, \d+ the same/);
    expect(replay.out).toMatch(/allow→hold \d+/);
    const json = JSON.parse((await house.run(['policy', 'replay', proposed.policy, '--json'])).out) as {
      replay: { unreadable: number; changed: readonly unknown[] };
    };
    expect(json.replay.unreadable).toBe(0);
    expect(json.replay.changed.length).toBeGreaterThan(0);
  });

  it('tells clients that what they may call is another', async () => {
    const told: string[] = [];
    const listChanged = { tools: { autoRefresh: false, onChanged: () => void told.push('tools') } };
    const watching = await Promise.all((['auto', 'legacy'] as const).map((mode) => connect(servers['sales-crm'], mode, { listChanged })));
    running = running.replace('  slow: { effect: read }\n', '');
    house.write('corp.yaml', running);
    await until('both clients were told', () => told.length >= 2);
    for (const client of watching) expect(await offered(client)).toEqual(['look']);
    await Promise.all(watching.map((client) => client.close()));
  });

  it('with an upstream of its own: what is new is offered as soon as it is applied', async () => {
    const other = await startUpstream({ hello: {} });
    const more = `
---
connection: other
owner: revops@corp.example
upstream: { url: "${other.url}" }
network: private
---
connector: other
tools: { hello: { effect: read } }
`;
    house.write('corp.yaml', `${running.replace('connectors: [crm, crm-act]', 'connectors: [crm, crm-act, other]')}${more}`);
    await house.run(['policy', 'apply', ...as(boss)], { input: gateway.code });
    const second = await house.run(['policy', 'apply', ...as(dave)], { input: daveCode });
    expect(second.out).toContain('runs now');
    const now = await connectAs(house, 'sales', gateway.code, ['--as', boss, '--person', ann]);
    const client = await until('the new connector is offered', async () => {
      const found = await connect(now['sales-other']).catch((error: Error) => error);
      if (!(found instanceof Error)) return found;
      expect(found.message).toContain('was never reached, so nothing of it was reviewed yet');
      return undefined;
    });
    expect(await offered(client)).toEqual(['hello']);
    expect((await call(client, 'hello')).text).toContain('hello done');
    await client.close();
    await other.close();
  });

  it('with another release: the endpoint of the one before refuses, and says what to update', async () => {
    house.write('corp.yaml', running.replace('version: 1.0.0', 'version: 1.1.0'));
    await house.run(['policy', 'apply', ...as(boss)], { input: gateway.code });
    await house.run(['policy', 'apply', ...as(dave)], { input: daveCode });
    const before = upstream.calls.length;
    const heard = await until('the release is another', async () => {
      const said = await call(look, 'look', { id: '1' });
      return said.isError && said;
    });
    expect(heard).toMatchObject({ decision: { code: 'release_not_current' } });
    expect(heard.text).toContain('Release sales@1.0.0 is not current; sales@1.1.0 is. Update the plugin and connect again');
    expect(upstream.calls.slice(before).every(({ name }) => name === 'look')).toBe(true);
    const sent = upstream.calls.length;
    expect(await call(look, 'look', { id: '2' })).toMatchObject({ isError: true });
    expect(upstream.calls).toHaveLength(sent);
    // Back is moving the pointer: a release that ran before, by two administrators again.
    await house.run(['policy', 'rollback', ...as(boss)], { input: gateway.code });
    await house.run(['policy', 'rollback', ...as(dave)], { input: daveCode });
    await until('the release before is current again', async () => !(await call(look, 'look', { id: '3' })).isError);
  });
});

describe('a policy as it was written', () => {
  it('in observe and warn mode lets calls run, and says what it would have done', async () => {
    const upstream = await startUpstream(tools);
    const text = corp(upstream.url)
      .replace(
        '  look: { effect: read }',
        '  look: { effect: read, mode: observe, check: [{ rule: "args.id == \'1\'", says: "Only 1." }] }',
      )
      .replace('  slow: { effect: read }', '  slow: { effect: read, mode: warn, check: [{ rule: "false", says: "Never slow." }] }');
    const house = openHouseForTest({ 'corp.yaml': text });
    const gateway = await house.serve({ command: ['up', '--admin', boss] });
    const servers = await connectAs(house, 'sales', gateway.code, ['--person', ann]);
    const client = await connect(servers['sales-crm']);
    const observed = await call(client, 'look', { id: '2' });
    expect(observed).toMatchObject({ isError: false });
    expect(observed.text).not.toContain('Note from Trapkey');
    const warned = await call(client, 'slow');
    expect(warned.isError).toBe(false);
    expect(warned.text).toContain(
      'Note from Trapkey: check/crm.slow/1 would have answered deny (check_failed). It went on because the rule only warns.',
    );
    expect(upstream.calls.map(({ name }) => name)).toEqual(['look', 'slow']);
    const decided = await entriesOf(house, 'kind:decided');
    expect(decided.map(({ verdict, code, would }) => ({ verdict, code, would }))).toEqual([
      { verdict: 'allow', code: 'allowed', would: [{ verdict: 'deny', code: 'check_failed', rule: 'check/crm.look/1', mode: 'observe' }] },
      { verdict: 'allow', code: 'allowed', would: [{ verdict: 'deny', code: 'check_failed', rule: 'check/crm.slow/1', mode: 'warn' }] },
    ]);
    await client.close();
    await upstream.close();
  });

  it('that does not check at the first start: nothing starts, nobody is enrolled, and the next start shows the code', async () => {
    const house = openHouseForTest({ 'corp.yaml': 'organization: corp\nowner: boss@corp.example\nsoloo: true\n' });
    const failed = await house.run(['--port', '0', 'up']);
    expect(failed.status).toBe(2);
    expect(failed.err).toMatch(/corp\.yaml:3:\d+.*soloo/);
    expect(failed.err).toContain('nothing starts');
    expect(failed.out).not.toContain('Code of');
    house.write('corp.yaml', corp('http://127.0.0.1:9/mcp'));
    const gateway = await house.serve({ command: ['up', '--admin', boss] });
    expect(gateway.code).not.toBe('');
    expect(await gateway.stop()).toBe(0);
  });

  it('the starter checks, and its cases pass, from the command line', async () => {
    const house = openHouseForTest();
    const check = await house.run(['policy', 'check', starter]);
    expect(check).toMatchObject({ status: 0, out: expect.stringMatching(/The set checks: sha256:\w+, 12 of 12 cases as expected\./) });
    const tested = await house.run(['policy', 'test', starter]);
    expect(tested.out.split('\n').filter((line) => line.startsWith('ok '))).toHaveLength(12);
    const broken = openHouseForTest({ 'all.yaml': readFileSync(join(starter, 'organization.yaml'), 'utf8') });
    expect((await house.run(['policy', 'check', broken.policy])).status).toBe(1);
  });
});
