import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { peopleIn } from '../../packages/server/src/overview/clients/clients.ts';
import { readSeen } from '../../packages/server/src/overview/clients/read.ts';
import { databases } from '../support/databases.ts';
import { openHouse } from './house.ts';
import { logsJson, type OtlpEvent } from './otlp.ts';

const ann = 'ann@corp.example';
const startMs = 1_780_000_000_000;
const one = (session: string, sequence: number, attributes: OtlpEvent['attributes'] = {}): OtlpEvent => ({
  name: 'user_prompt',
  atMs: startMs + sequence,
  attributes: { 'session.id': session, 'event.sequence': sequence, ...attributes },
});

it.each(databases)('telemetry names devices and what runs on them, on $name', async ({ fresh }) => {
  const { address, drop } = await fresh();
  onTestFinished(drop);
  const house = await openHouse(address);
  onTestFinished(() => house.close());
  const bearer = await house.telemetryToken(ann);
  const tell = async (events: readonly OtlpEvent[], shared: OtlpEvent['attributes']) =>
    expect((await house.send(bearer, JSON.stringify(logsJson(events, shared)))).status).toBe(200);
  const [laptop, desk] = ['a1'.repeat(32), 'b2'.repeat(32)];
  await tell([one('s-1', 1), one('s-2', 1)], { 'user.id': laptop, 'service.version': '2.1.328' });
  // What spoke last is told by the clock.
  for (const toldMs = Date.now(); Date.now() === toldMs; ) await nextTurn();
  // It was updated, and the attributes of an event stand above those of its resource.
  await tell([one('s-3', 1, { 'app.version': '2.1.329' })], { 'user.id': laptop, 'service.version': '2.1.100' });
  await tell([one('s-4', 1, { 'user.id': desk })], { 'service.name': 'cowork' });
  // Nothing of it later leaves what is known; what is no id is passed over, and the event counts all the same.
  await tell([one('s-4', 2), one('s-5', 1, { 'user.id': 'a b\n' })], { 'service.name': 'cowork' });
  const seen = await readSeen(house.look, 0, Date.now());
  const [row] = peopleIn(seen, new Map());
  expect(row).toMatchObject({ person: ann, sessions: 5, coverage: ['reported'] });
  expect(row?.devices.toSorted((a, b) => (a.device < b.device ? -1 : 1))).toEqual([
    { device: laptop, client: 'claude-code 2.1.329', sessions: 3, hookAtMs: null, telemetryAtMs: expect.any(Number) },
    { device: desk, client: 'cowork', sessions: 1, hookAtMs: null, telemetryAtMs: expect.any(Number) },
  ]);
});
