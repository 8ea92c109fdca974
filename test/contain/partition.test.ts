import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type FreshAddress, freshPostgres } from '../support/databases.ts';
import { connectAs, entriesOf, type Gateway, type House, openHouse, until } from '../support/e2e.ts';
import { call, connect } from '../support/e2e-client.ts';
import { ann, as, boss, corp } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';
import { type SilentProxy, silentProxy } from '../support/silent-proxy.ts';

let database: FreshAddress;
let proxy: SilentProxy;
let upstream: RecordingUpstream;
let houses: readonly House[] = [];
let gateways: readonly Gateway[] = [];
let clients: readonly Client[] = [];
let url = '';

beforeAll(async () => {
  database = await freshPostgres(inject('postgresUrl'));
  url = database.address.kind === 'postgres' ? database.address.url : '';
  const through = new URL(url);
  proxy = await silentProxy(Number(through.port));
  through.port = String(proxy.port);
  upstream = await startUpstream({ look: {}, slow: { answer: () => undefined }, note: {}, slow_note: {}, send: {} });
  houses = [url, through.href].map((at) => openHouse({ 'corp.yaml': corp(upstream.url) }, { TRAPKEY_DATABASE: at }));
  const [near, far] = houses as [House, House];
  const one = await near.serve({ command: ['up', '--admin', boss] });
  mkdirSync(far.data);
  cpSync(join(near.data, 'keys'), join(far.data, 'keys'), { recursive: true });
  gateways = [one, await far.serve()];
  const servers = await connectAs(near, 'sales', one.code, ['--person', ann]);
  const server = servers['sales-crm'];
  clients = await Promise.all(gateways.map(({ url: at }) => connect(server && { ...server, url: server.url.replace(one.url, at) })));
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close().catch(() => undefined)));
  for (const house of houses) house.remove();
  await upstream?.close();
  await proxy?.close();
  await database?.remove();
});

const on = (node: number): Client => clients[node] as Client;
const refused = (heard: { readonly isError: boolean; readonly decision: Readonly<Record<string, unknown>> | undefined }) =>
  heard.isError && ['stopped', 'record_unavailable'].includes(String(heard.decision?.['code']));

it('a node whose database falls silent aborts what is in flight, dispatches nothing, and learns of the stop before it goes on', async () => {
  for (const node of [0, 1]) expect((await call(on(node), 'look')).isError).toBe(false);
  const running = call(on(1), 'slow');
  await until('it is at the upstream', () => upstream.open() === 1);
  proxy.silence();
  // The stop is given while the lease runs out.
  const stopping = (houses[0] as House).run(['stop', 'connector:crm', '--reason', 'odd mails', '--json']);
  // Nothing says that the connection is gone, and still: the lease ends it, and the upstream is told.
  await until('the upstream was told', () => upstream.cancelled.length === 1 && upstream.open() === 0);
  const before = upstream.calls.length;
  const asked = Array.from({ length: 5 }, () => call(on(1), 'look'));
  const stopped = await stopping;
  expect(stopped, stopped.err).toMatchObject({ status: 0 });
  expect((await Promise.all(asked)).every(refused)).toBe(true);
  expect(await running).toMatchObject({ isError: true });
  expect(await call(on(0), 'look')).toMatchObject({ isError: true, decision: { code: 'stopped' } });
  proxy.heal();
  await until('the node is back, and says which stop', async () => {
    const heard = await call(on(1), 'look');
    expect(heard.isError).toBe(true);
    return String(heard.decision?.['rule']).startsWith('stop/');
  });
  expect(upstream.calls).toHaveLength(before);
  const { id } = JSON.parse(stopped.out) as { readonly id: string };
  const released = await (houses[0] as House).run(['release', id, '--reason', 'over', ...as(boss)], { input: gateways[0]?.code ?? '' });
  expect(released, released.err).toMatchObject({ status: 0 });
  for (const node of [0, 1]) await until('it runs again', async () => !(await call(on(node), 'look')).isError);
});

it('a signed stop file laid on it while the database is silent counts before the first dispatch, also when it was deleted', async () => {
  const [near, far] = houses as [House, House];
  const key = join(near.folder, 'operator.pem');
  const made = await near.run(['stop', 'key', 'new', '--out', key]);
  expect(made, made.err).toMatchObject({ status: 0 });
  const added = await near.run(['stop', 'key', 'add', 'op@corp.example', '--public', `${key}.pub`, ...as(boss)], {
    input: gateways[0]?.code ?? '',
  });
  expect(added, added.err).toMatchObject({ status: 0 });
  proxy.silence();
  await until('the node counts as stopped', async () => refused(await call(on(1), 'look')));
  // The same order for a database that cannot be reached is refused in words.
  const unreachable = near.run(['stop', 'everything', '--reason', 'x'], { env: { TRAPKEY_DATABASE: 'postgres://nobody@127.0.0.1:1/x' } });
  const aside = join(near.folder, '1.stop');
  const order = ['connector:crm', '--organization', 'corp', '--key', key, '--reason', 'odd', '--out', aside];
  const signing = near.run(['stop', 'sign', ...order]);
  await until('the node counts as stopped', async () => refused(await call(on(1), 'look')));
  const [down, signed] = await Promise.all([unreachable, signing]);
  expect(down).toMatchObject({ status: 3, err: expect.stringContaining('trapkey stop sign') });
  expect(signed, signed.err).toMatchObject({ status: 0 });
  const laid = join(far.data, 'stop-files', '1.stop');
  renameSync(aside, laid);
  const kept = join(far.data, 'stop-files-kept');
  await until('the node has seen it', () => existsSync(kept) && readdirSync(kept).length === 1);
  rmSync(laid);
  const before = upstream.calls.length;
  proxy.heal();
  await until('the node is back, and says which stop', async () => {
    const heard = await call(on(1), 'look');
    expect(heard.isError).toBe(true);
    return String(heard.decision?.['rule']).startsWith('stop/');
  });
  expect(upstream.calls).toHaveLength(before);
  await until('it is a stop of all nodes', async () => (await call(on(0), 'look')).decision?.['code'] === 'stopped');
  const entries = await entriesOf(near, 'kind:admin');
  const engaged = entries.findLast(({ action }) => action === 'stop.engaged');
  expect(engaged).toMatchObject({ on_behalf_of: 'op@corp.example', assurance: { on_behalf_of: 'proved' } });
  expect(String(engaged?.['detail'])).toContain('signed stop file 1.stop');
  const id = String(engaged?.['subject']).split(' ')[0] ?? '';
  const released = await near.run(['release', id, '--reason', 'over', ...as(boss)], { input: gateways[0]?.code ?? '' });
  expect(released, released.err).toMatchObject({ status: 0 });
  for (const node of [0, 1]) await until('it runs again', async () => !(await call(on(node), 'look')).isError);
});

it('loses nothing and sends nothing unrecorded when the database ends every connection under load, again and again', async () => {
  const before = upstream.calls.length;
  const administrator = new pg.Client({ connectionString: inject('postgresUrl') });
  await administrator.connect();
  const heard: Awaited<ReturnType<typeof call>>[] = [];
  let over = false;
  const load = [0, 0, 1, 1].map(async (node) => {
    while (!over) heard.push(await call(on(node), 'look'));
  });
  for (let time = 1; time <= 3; time++) {
    await until('calls are going on', () => heard.filter(({ isError }) => !isError).length >= 20 * time);
    await administrator.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
      new URL(url).pathname.slice(1),
    ]);
  }
  await until('calls go on after the last', async () => !(await call(on(0), 'look')).isError && !(await call(on(1), 'look')).isError);
  over = true;
  await Promise.all(load);
  await administrator.end();
  expect(heard.filter((one) => one.isError).every((one) => refused(one) || one.decision?.['code'] === 'result_withheld')).toBe(true);
  const decided = await entriesOf(houses[0] as House, 'kind:decided verdict:allow tool:look');
  expect(decided.length).toBeGreaterThanOrEqual(Math.min(upstream.calls.length - before, 1_000));
});
