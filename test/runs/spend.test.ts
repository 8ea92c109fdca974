import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runsCommands } from '../../packages/server/src/cli/runs.ts';
import { runsDoor } from '../../packages/server/src/wire-runs.ts';
import { mcpCall, toolUse } from '../hooks/client.ts';
import { freshSqlite } from '../support/databases.ts';
import { type House, openHouse, waits } from './house.ts';
import type { OtlpEvent } from './otlp.ts';

const [ann, bea] = ['ann@corp.example', 'bea@corp.example'];
const place = freshSqlite();
let house: House;
beforeAll(async () => {
  house = await openHouse(
    place.address,
    { plugin: 'limits: { spend_usd: 1 per 1h, tokens: { max: 500 per 1h, each: person } }' },
    {
      ...waits,
      silentAfterMs: 400,
    },
  );
}, 60_000);
afterAll(async () => {
  await house.close();
  await place.remove();
});

let [sequence, turn] = [0, 0];
const request = (microUsd: number, tokens = 0): OtlpEvent => ({
  name: 'api_request',
  atMs: 1_780_000_000_000 + ++sequence,
  attributes: {
    ...{ 'session.id': 's-spend', 'event.sequence': sequence, request_id: `r${sequence}` },
    ...{ model: 'claude-opus-5', cost_usd_micros: microUsd, input_tokens: tokens, output_tokens: 0 },
  },
});
const callOf = async (person: string) => {
  const endpoint = { path: '/p/desk/1.0.0/crm', token: (await house.agent(person, 'crm')).token };
  return async () => await mcpCall(house as never, endpoint, 'get_thing', { id: `${++turn}` }, toolUse());
};
const alerts = async () => (await house.look.read.selectFrom('alerts').selectAll().execute()).map(({ kind }) => kind);
const soon = { timeout: 10_000, interval: 50 };

it('trips on tokens and on dollars that telemetry tells; each call before runs, none after, and one alert tells of it', async () => {
  const [call, other] = [await callOf(ann), await callOf(bea)];
  expect(await call()).toMatchObject({ isError: false });
  const bearer = await house.telemetryToken(ann);
  await house.tell(bearer, [request(400_000, 499)]);
  expect(await call()).toMatchObject({ isError: false });
  // The same again counts for nothing.
  sequence--;
  await house.tell(bearer, [{ ...request(400_000, 499) }]);
  expect(await call()).toMatchObject({ isError: false });
  await house.tell(bearer, [request(0, 1)]);
  const reached = house.upstream.calls.length;
  expect(await call()).toMatchObject({ isError: true, text: expect.stringContaining('500 of 500') });
  // Tokens are each person's own, dollars everybody's.
  expect(await other()).toMatchObject({ isError: false });
  await house.tell(bearer, [request(599_999)]);
  expect(await other()).toMatchObject({ isError: false });
  await house.tell(bearer, [request(1)]);
  expect(await other()).toMatchObject({ isError: true });
  expect(house.upstream.calls).toHaveLength(reached + 2);
  const admin = () => house.written.filter(({ kind }) => kind === 'admin').map(({ action }) => action);
  await vi.waitFor(() => expect(admin()).toContain('stop.engaged'), soon);
  await vi.waitFor(async () => expect((await alerts()).filter((kind) => kind === 'breaker_tripped')).toHaveLength(2), soon);
  await vi.waitFor(async () => {
    // Calls go on, refused as they are, and telemetry does not.
    await call();
    expect(await alerts()).toContain('source_silent');
  }, soon);
  // The record was read past the stop of the second trip, which the alert of the trip tells of.
  expect(await alerts()).not.toContain('stop_engaged');
});

it('is shown by the commands about runs', async () => {
  const shown = async (...args: readonly string[]) => {
    const out = new PassThrough();
    const root = new Command();
    runsCommands(root, () => runsDoor(house.config), { stdin: process.stdin, stdout: out, stderr: out, env: {} });
    await root.parseAsync(['runs', ...args, '--json'], { from: 'user' });
    return JSON.parse(String(out.read())) as never;
  };
  const list = (await shown('list', '--person', ann)) as readonly { readonly id: string }[];
  expect(list).toMatchObject([{ person: ann, release: 'desk@1.0.0', calls: expect.any(Number), refused: expect.any(Number) }]);
  expect(await shown('show', list[0]?.id ?? '')).toMatchObject({ id: list[0]?.id, tree: expect.any(Array) });
});

it('comes no faster than it is taken', async () => {
  const bearer = await house.telemetryToken(bea);
  const replies: Response[] = [];
  // A burst larger than any client's: what is over is told to come back.
  for (let round = 0; round < 40 && !replies.some(({ status }) => status === 429); round++)
    replies.push(...(await Promise.all(Array.from({ length: 50 }, () => house.send(bearer, '{"resourceLogs":[]}')))));
  const refused = replies.find(({ status }) => status === 429);
  expect(refused?.headers.get('retry-after')).toBe('1');
});
