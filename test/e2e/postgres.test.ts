import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type FreshAddress, freshPostgres } from '../support/databases.ts';
import { connectAs, entriesOf, type Gateway, type House, openHouse, until } from '../support/e2e.ts';
import { call, connect } from '../support/e2e-client.ts';
import { ann, as, boss, corp } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';

let database: FreshAddress;
let upstream: RecordingUpstream;
let [first, second]: (House | undefined)[] = [];
let gateways: readonly Gateway[] = [];
let clients: readonly Client[] = [];

beforeAll(async () => {
  database = await freshPostgres(inject('postgresUrl'));
  upstream = await startUpstream({ look: {}, slow: { answer: () => undefined }, note: {}, slow_note: {}, send: {} });
  const url = database.address.kind === 'postgres' ? database.address.url : '';
  const house = () => openHouse({ 'corp.yaml': corp(upstream.url) }, { TRAPKEY_DATABASE: url });
  first = house();
  second = house();
  const one = await first.serve({ command: ['up', '--admin', boss] });
  // Both nodes of one deployment have its keys.
  mkdirSync(second.data);
  cpSync(join(first.data, 'keys'), join(second.data, 'keys'), { recursive: true });
  gateways = [one, await second.serve()];
  const servers = await connectAs(first, 'sales', one.code, ['--person', ann]);
  const server = servers['sales-crm'];
  clients = await Promise.all(gateways.map(({ url: at }) => connect(server && { ...server, url: server.url.replace(one.url, at) })));
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  first?.remove();
  second?.remove();
  await upstream?.close();
  await database?.remove();
});

const on = (node: number): Client => clients[node] as Client;

it('two nodes on one database serve with the same tokens', async () => {
  expect(gateways[1]?.code).toBe('');
  for (const node of [0, 1]) expect((await call(on(node), 'look')).isError).toBe(false);
  expect((await entriesOf(first as House, 'kind:decided verdict:allow')).length).toBe(2);
});

it('a stop that is engaged through one is seen by the other, in flight too', async () => {
  const running = call(on(1), 'slow');
  await until('it is at the upstream', () => upstream.open() === 1);
  const stopped = await (first as House).run(['stop', 'connector:crm', '--reason', 'odd mails', '--json']);
  expect(stopped, stopped.err).toMatchObject({ status: 0 });
  expect(await running).toMatchObject({ isError: true, decision: { code: 'stopped' } });
  const before = upstream.calls.length;
  for (const node of [0, 1]) expect(await call(on(node), 'look')).toMatchObject({ isError: true, decision: { code: 'stopped' } });
  expect(upstream.calls).toHaveLength(before);
  const { id } = JSON.parse(stopped.out) as { readonly id: string };
  const shown = JSON.parse((await (second as House).run(['stop', 'show', id, '--json'])).out) as { readonly brought: object };
  expect(shown.brought).toMatchObject({ ended: [{ tool: 'crm.slow', outcome: 'unknown' }], refused: 2, more: false });
  const released = await (second as House).run(['release', 'connector:crm', '--reason', 'over', ...as(boss)], {
    input: gateways[0]?.code ?? '',
  });
  expect(released).toMatchObject({ status: 0 });
  for (const node of [0, 1]) await until('it runs again', async () => !(await call(on(node), 'look')).isError);
});

it('entries of both are one tree that verifies, and a node that dies is closed by the next start', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, at) => call(on(at % 2), 'look')));
  const running = call(on(1), 'slow').catch((error: Error) => error);
  await until('it is at the upstream', () => upstream.open() === 1);
  await gateways[1]?.kill();
  await on(1).close();
  expect(await running).toBeInstanceOf(Error);
  for (const house of [first, second]) {
    const verified = await (house as House).run(['record', 'verify', '--json']);
    expect(verified, verified.out).toMatchObject({ status: 0 });
    expect(JSON.parse(verified.out)).toMatchObject({ ok: true, findings: [] });
  }
  // The other still serves: whether the call of the dead one runs is not known to it yet.
  expect((await call(on(0), 'look')).isError).toBe(false);
  await on(0).close();
  expect(await gateways[0]?.stop()).toBe(0);
  const again = await (first as House).serve();
  await again.says(/1 call was left open, and closed as outcome unknown: /, 'stderr');
  expect(await again.stop()).toBe(0);
});

it('a node without the keys of the deployment does not start, and says why', async () => {
  const stranger = openHouse({ 'corp.yaml': corp(upstream.url) }, (second as House).env);
  const ran = await stranger.run(['--port', '0', 'up']);
  expect(ran.status).not.toBe(0);
  expect(ran.err).toContain('key');
  expect(ran.err).not.toMatch(/\n\s+at /);
  stranger.remove();
});

it('a database that cannot be reached is said in a sentence, with an exit code of its own', async () => {
  const house = openHouse({ 'corp.yaml': corp(upstream.url) }, { TRAPKEY_DATABASE: 'postgres://nobody:secret@127.0.0.1:9/none' });
  const ran = await house.run(['record', 'list']);
  expect(ran.status).toBe(3);
  expect(ran.err).toContain('The PostgreSQL database cannot be opened');
  expect(ran.err).not.toContain('secret');
  house.remove();
});
