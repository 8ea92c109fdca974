import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Rehearsal } from '../../packages/server/src/kernel/rehearsal.ts';
import { type FreshAddress, freshPostgres } from '../support/databases.ts';
import { entriesOf, type Gateway, type House, openHouse, openHouseForTest } from '../support/e2e.ts';
import { boss, corp } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';

let database: FreshAddress;
let upstream: RecordingUpstream;
let houses: readonly House[] = [];
let gateways: readonly Gateway[] = [];

beforeAll(async () => {
  database = await freshPostgres(inject('postgresUrl'));
  upstream = await startUpstream({ look: {}, slow: {}, note: {}, slow_note: {}, send: {} });
  const url = database.address.kind === 'postgres' ? database.address.url : '';
  houses = [0, 1].map(() => openHouse({ 'corp.yaml': corp(upstream.url) }, { TRAPKEY_DATABASE: url }));
  const [near, far] = houses as [House, House];
  const one = await near.serve({ command: ['up', '--admin', boss] });
  mkdirSync(far.data);
  cpSync(join(near.data, 'keys'), join(far.data, 'keys'), { recursive: true });
  gateways = [one, await far.serve()];
});
afterAll(async () => {
  for (const house of houses) house.remove();
  await upstream?.close();
  await database?.remove();
});

it('measures, on every node and way in, the seconds to the first refusal and back, and keeps them', async () => {
  const house = houses[0] as House;
  const ran = await house.run(['rehearse', '--json']);
  expect(ran, `${ran.err}${ran.out}${gateways.map((one) => one.stderr()).join('\n')}`).toMatchObject({ status: 0 });
  const rehearsal = JSON.parse(ran.out) as Rehearsal;
  expect(rehearsal.state).toBe('passed');
  expect(rehearsal.paths.map(({ path }) => path).sort()).toEqual(['hook', 'hook', 'mcp-http', 'mcp-http', 'stdio', 'stdio']);
  expect(new Set(rehearsal.paths.map(({ node }) => node)).size).toBe(2);
  for (const path of rehearsal.paths) {
    expect(path).toMatchObject({ state: 'back', refusedAfterMs: expect.any(Number), backAfterMs: expect.any(Number) });
    expect(path.abortedAfterMs === undefined).toBe(path.path !== 'mcp-http');
  }
  const kept = JSON.parse((await house.run(['rehearse', '--history', '--json'])).out) as readonly Rehearsal[];
  expect(kept).toEqual([rehearsal]);
  // Nothing of the house's own was touched, and nothing is left stopped.
  expect(upstream.calls).toEqual([]);
  expect((await house.run(['stop', 'list'])).out).not.toContain('Trapkey-canary');
  const acts = (await entriesOf(house, 'kind:admin')).map(({ action }) => action);
  expect(acts).toEqual(expect.arrayContaining(['rehearsal.started', 'stop.engaged', 'stop.lapsed', 'rehearsal.passed']));
});

it('gives the canary to nobody else', async () => {
  const [one] = gateways;
  for (const authorization of ['Bearer rehearsal-', `Bearer rehearsal-${'0'.repeat(64)}`]) {
    const reply = await fetch(`${one?.url}/p/Trapkey-canary/1/Canary`, { method: 'POST', headers: { authorization }, body: '{}' });
    expect(reply.status).toBe(401);
  }
  const connected = await (houses[0] as House).run(['connect', 'Trapkey-canary', '--code-stdin'], { input: one?.code ?? '' });
  expect(connected.status).toBe(2);
});

it('says that nobody serves, and keeps it as not passed', async () => {
  const house = openHouseForTest({ 'corp.yaml': corp(upstream.url) });
  const ran = await house.run(['rehearse']);
  expect(ran).toMatchObject({ status: 2, err: expect.stringContaining('No gateway took it up') });
  expect((await house.run(['rehearse'])).err).toContain('A rehearsal is under way');
});
