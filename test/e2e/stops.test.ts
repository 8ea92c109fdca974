import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectAs, entriesOf, type Gateway, type House, openHouse, until } from '../support/e2e.ts';
import { call, connect } from '../support/e2e-client.ts';
import { ann, as, boss, corp } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';

let upstream: RecordingUpstream;
let house: House;
let gateway: Gateway;
let look: Client;
let act: Client;

beforeAll(async () => {
  const hangs = { answer: () => undefined };
  upstream = await startUpstream({ look: {}, slow: hangs, note: {}, slow_note: hangs, send: {} });
  house = openHouse({ 'corp.yaml': corp(upstream.url) });
  gateway = await house.serve({ command: ['up', '--admin', boss] });
  const servers = await connectAs(house, 'sales', gateway.code, ['--person', ann]);
  [look, act] = await Promise.all([connect(servers['sales-crm']), connect(servers['sales-crm-act'], 'legacy')]);
});
afterAll(async () => {
  await Promise.all([look?.close(), act?.close()]);
  house?.remove();
  await upstream?.close();
});

const stop = async (what: string, ...more: readonly string[]) => {
  const ran = await house.run(['stop', what, '--reason', 'odd mails', '--json', ...more]);
  expect(ran, ran.err).toMatchObject({ status: 0 });
  return (JSON.parse(ran.out) as { readonly id: string }).id;
};
const release = async (what: string, code = gateway.code) =>
  await house.run(['release', what, '--reason', 'over', ...as(boss)], { input: code });

it('a stop from another process aborts what runs, tells the upstream, and refuses the next', async () => {
  const [reading, writing] = [call(look, 'slow'), call(act, 'slow_note')];
  await until('both calls are at the upstream', () => upstream.open() === 2);
  const id = await stop('connector:crm-act');
  const aborted = await writing;
  expect(aborted).toMatchObject({ isError: true, decision: { code: 'stopped' } });
  expect(aborted.text).toMatch(/^NOT KNOWN WHETHER DONE\. A stop was engaged while it ran/);
  expect(aborted.text).toContain('it may have happened');
  await until('the upstream was told', () => upstream.cancelled.length === 1);
  // The other connector, over the same upstream, goes on.
  expect(upstream.open()).toBe(1);
  const before = upstream.calls.length;
  const refused = await call(act, 'note');
  expect(refused).toMatchObject({ isError: true, decision: { code: 'stopped' } });
  expect(refused.text).toContain('Nothing was changed.');
  expect((await call(look, 'look')).isError).toBe(false);
  expect(upstream.calls.slice(before).map(({ name }) => name)).toEqual(['look']);
  const [executed] = await entriesOf(house, 'kind:executed tool:slow_note');
  expect(executed).toMatchObject({ outcome: 'unknown', code: 'stopped' });
  const shown = JSON.parse((await house.run(['stop', 'show', id, '--json'])).out) as { readonly brought: object };
  const ended = [{ call: executed?.['call'], tool: 'crm-act.slow_note', outcome: 'unknown' }];
  expect(shown.brought).toMatchObject({ ended, refused: 1, more: false });
  const told = (await house.run(['stop', 'show', id])).out;
  expect(told).toContain('Refused     1 call\n');
  expect(told).toMatch(/crm-act\.slow_note of sales@[\d.]+: nobody knows whether it happened/);

  const everything = await stop('everything');
  expect(await reading).toMatchObject({ isError: true, decision: { code: 'stopped' } });
  expect(await call(look, 'look')).toMatchObject({ isError: true, decision: { code: 'stopped' } });
  expect((await house.run(['stop', 'list'])).out.split('\n').filter(Boolean)).toHaveLength(2);

  expect(await release(everything, 'WRONG')).toMatchObject({ status: 2 });
  expect(await call(look, 'look')).toMatchObject({ decision: { code: 'stopped' } });
  expect(await release(everything)).toMatchObject({ status: 0, out: expect.stringContaining('1 more engaged') });
  await until('reading runs again', async () => !(await call(look, 'look')).isError);
  expect(await call(act, 'note')).toMatchObject({ decision: { code: 'stopped' } });
  expect(await release(id)).toMatchObject({ status: 0, out: expect.stringContaining('Nothing is stopped now.') });
  await until('writing runs again', async () => !(await call(act, 'note')).isError);
});

it('a freeze lets reading pass, and nothing else', async () => {
  await stop('everything', '--mode', 'freeze');
  const before = upstream.calls.length;
  const frozen = await call(act, 'note');
  expect(frozen.isError).toBe(true);
  expect(['stopped', 'frozen']).toContain(frozen.decision?.['code']);
  expect(await call(act, 'send', { to: ['x@corp.example'], subject: 's' })).toMatchObject({ isError: true });
  expect((await call(look, 'look')).isError).toBe(false);
  expect(upstream.calls.slice(before).map(({ name }) => name)).toEqual(['look']);
  expect(await release('everything')).toMatchObject({ status: 0 });
  await until('writing runs again', async () => !(await call(act, 'note')).isError);
});

it('a plugin with its connectors and credentials: previewed, tickets frozen, confirmed by the node, thawed by the release', async () => {
  const held = await call(act, 'send', { to: ['x@corp.example'], subject: 's' });
  const ticket = /TK-[0-9A-Z]{10}/.exec(held.text)?.[0] ?? '';
  const preview = await house.run(['stop', 'plugin:sales', '--with-connectors', '--preview', '--json']);
  expect(JSON.parse(preview.out)).toMatchObject({
    people: [ann],
    inFlight: 0,
    tickets: [ticket],
    connectors: ['crm', 'crm-act'],
    also: ['connector:crm', 'connector:crm-act', 'credential:crm'],
  });
  const id = await stop('plugin:sales', '--with-connectors');
  const sent = upstream.calls.length;
  expect(await call(look, 'look')).toMatchObject({ isError: true, decision: { code: 'stopped' } });
  expect((await house.run(['approvals', 'list'])).out).toContain(`Frozen by stop ${id}`);
  await until('the node confirmed it', async () => (await house.run(['stop', 'show', id])).out.includes('confirmed after'));
  expect(await house.run(['approvals', 'run', ticket, ...as(boss)], { input: gateway.code })).toMatchObject({
    status: 2,
    err: expect.stringContaining(`Frozen by stop ${id}`),
  });
  expect(upstream.calls).toHaveLength(sent);
  expect(await release(id)).toMatchObject({ status: 0 });
  const after = await Promise.all(
    [
      ['stop', 'list'],
      ['stop', 'list', '--all'],
      ['approvals', 'list'],
    ].map((args) => house.run(args)),
  );
  expect(after[0]?.out).toBe('Nothing is stopped.\n');
  expect(after[1]?.out).toContain(`with ${id}`);
  expect(after[2]?.out).not.toContain('Frozen');
  await until('reading runs again', async () => !(await call(look, 'look')).isError);
});

it('a stop that could stop nothing is said so; one engaged while the gateway is down holds at its start', async () => {
  expect(await house.run(['stop', 'connector:crmm', '--reason', 'x'])).toMatchObject({
    status: 2,
    err: expect.stringContaining('No connector is called `crmm`'),
  });
  expect(await house.run(['stop', 'everything'])).toMatchObject({
    status: 2,
    err: expect.stringContaining('Say why. Nothing was stopped yet.'),
  });
  await Promise.all([look.close(), act.close()]);
  expect(await gateway.stop()).toBe(0);
  await stop('everything');
  const again = await house.serve();
  const servers = await connectAs(house, 'sales', gateway.code, ['--person', ann]);
  look = await connect(servers['sales-crm']);
  const before = upstream.calls.length;
  expect(await call(look, 'look')).toMatchObject({ isError: true, decision: { code: 'stopped' } });
  expect(upstream.calls).toHaveLength(before);
  expect(await again.stop()).toBe(0);
});
