import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { otlp } from '../../packages/server/src/gateway/telemetry/schema.ts';
import { freshSqlite } from '../support/databases.ts';
import { type House, openHouse } from './house.ts';
import { logsJson, nestedRun, type OtlpEvent } from './otlp.ts';

const ann = 'ann@corp.example';
const place = freshSqlite();
let house: House;
let bearer: string;
beforeAll(async () => {
  house = await openHouse(place.address, { plugin: 'limits: { spend_usd: 1 per 1h }' });
  bearer = await house.telemetryToken(ann);
}, 60_000);
afterAll(async () => {
  await house.close();
  await place.remove();
});

const spentIn = async (session: string) =>
  (await house.look.read.selectFrom('agents').selectAll().where('session', '=', session).execute()).reduce(
    (sum, { micro_usd }) => sum + micro_usd,
    0,
  );
const events = (session: string) => nestedRun(session, ['toolu_x', 'toolu_y', 'toolu_z']).filter(({ name }) => name !== 'tool_result');
const request = (session: string, sequence: number, more: OtlpEvent['attributes']): OtlpEvent => ({
  name: 'api_request',
  atMs: 1_780_000_000_000 + sequence * 1_000,
  attributes: { 'session.id': session, 'event.sequence': sequence, ...more },
});

it('is taken as protobuf and packed, and answered in kind', async () => {
  const type = otlp('ExportLogsServiceRequest');
  const bytes = type.encode(type.fromObject(logsJson(events('s-proto')))).finish();
  const reply = await house.send(bearer, bytes, { 'content-type': 'application/x-protobuf' });
  expect([reply.status, reply.headers.get('content-type'), (await reply.arrayBuffer()).byteLength]).toEqual([
    200,
    'application/x-protobuf',
    0,
  ]);
  const packed = await house.send(bearer, gzipSync(JSON.stringify(logsJson(events('s-gzip')))), { 'content-encoding': 'gzip' });
  expect([packed.status, await packed.json()]).toEqual([200, {}]);
  expect([await spentIn('s-proto'), await spentIn('s-gzip')]).toEqual([150_000, 150_000]);
});

it('is refused without its credential, in words', async () => {
  const connector = (await house.agent(ann, 'crm')).token;
  for (const token of ['', 'tk_none', connector]) {
    const reply = await house.send(token, JSON.stringify(logsJson(events('s-none'))));
    expect(reply.status).toBeGreaterThanOrEqual(401);
    expect((await reply.json()) as object).toMatchObject({ message: expect.stringContaining('Nothing of this delivery was taken.') });
  }
  // The other way round, it opens no connector.
  const call = await fetch(`${house.url}/p/desk/1.0.0/crm`, { method: 'POST', headers: { authorization: `Bearer ${bearer}` } });
  expect(call.status).toBe(401);
  expect(await spentIn('s-none')).toBe(0);
});

it.each([
  ['no JSON', '{"resourceLogs":[', {}, 400],
  ['a key twice', '{"resourceLogs":[],"resourceLogs":[]}', {}, 400],
  ['nested without end', `${'['.repeat(200)}${']'.repeat(200)}`, {}, 400],
  ['no protobuf', 'ffffffff', { 'content-type': 'application/x-protobuf' }, 400],
  ['protobuf nested without end', '', { 'content-type': 'application/x-protobuf' }, 400],
  ['no gzip', 'plain', { 'content-encoding': 'gzip' }, 400],
  ['another packing', '{}', { 'content-encoding': 'br' }, 415],
  ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ['10 MB', `{"a":"${'x'.repeat(10_000_000)}"}`, {}, 413],
] as const)('refuses %s', async (what, body, headers, status) => {
  const reply = await house.send(bearer, what.startsWith('protobuf') ? nested() : body, headers);
  expect(reply.status).toBe(status);
});

it('refuses what unpacks to too much', async () => {
  const bomb = gzipSync(`{"a":"${'x'.repeat(50_000_000)}"}`);
  expect(bomb.byteLength).toBeLessThan(100_000);
  expect((await house.send(bearer, bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
});

it('takes what it can of a delivery and says how much it could not', async () => {
  const bad = [
    request('', 1, {}),
    request('s-part', 2, { request_id: 'r2', cost_usd: -5 }),
    request('s-part', 3, { request_id: 'r3', cost_usd_micros: '1000000000000000000' }),
    request('s-part', 4, { request_id: 'r4', input_tokens: 'many' }),
    request('bad id\n', 5, { request_id: 'r5' }),
    request('s-part', 6, { request_id: 'r6', agent_id: 'x'.repeat(500) }),
  ];
  const good = request('s-part', 7, { request_id: 'r7', cost_usd: 0.001, model: 'm​odel' });
  const reply = await house.send(bearer, JSON.stringify(logsJson([...bad, good])));
  expect(await reply.json()).toEqual({ partialSuccess: { rejectedLogRecords: '6', errorMessage: expect.any(String) } });
  expect(await spentIn('s-part')).toBe(1_000);
});

it('counts a request once however often it is told, by clocks that are wrong, and misses what never came', async () => {
  const skewed = [1, 2, 5].map((at) => ({
    ...request('s-gap', at, { request_id: `q${at}`, cost_usd_micros: 10 }),
    atMs: 86_400_000 * 365 * 90 + at,
  }));
  for (let time = 0; time < 3; time++) await house.tell(bearer, skewed);
  expect(await spentIn('s-gap')).toBe(30);
  const gaps = () => house.look.read.selectFrom('client_sessions').selectAll().where('session', '=', 's-gap').executeTakeFirstOrThrow();
  await vi.waitFor(async () => expect(await gaps()).toMatchObject({ gap_told: 1 }), { timeout: 10_000, interval: 50 });
  const alert = () => house.look.read.selectFrom('alerts').selectAll().where('kind', '=', 'intake_gap').execute();
  await vi.waitFor(async () => expect(await alert()).toMatchObject([{ scope: `telemetry:${ann}` }]), { timeout: 10_000, interval: 50 });
});

it('alarms when a tool of ours ran and no call came through the gateway; once', async () => {
  const result = (id: string, server: string, success: string): OtlpEvent => ({
    name: 'tool_result',
    atMs: 1_780_000_000_000,
    attributes: {
      'session.id': 's-bypass',
      tool_use_id: id,
      success,
      tool_parameters: JSON.stringify({ mcp_server_name: server, mcp_tool_name: 'get_thing' }),
    },
  });
  const told = [
    result('toolu_past', 'plugin_desk_crm', 'true'),
    result('toolu_failed', 'plugin_desk_crm', 'false'),
    result('toolu_other', 'elsewhere', 'true'),
  ];
  await house.tell(bearer, told);
  await house.tell(bearer, told);
  const passed = () => house.written.filter(({ code, session }) => code === 'bypassed' && session === 's-bypass');
  await vi.waitFor(() => expect(passed()).toHaveLength(1), { timeout: 10_000, interval: 50 });
  expect(passed()).toMatchObject([
    { kind: 'attributed', tool_use: 'toolu_past', connector: 'crm', coverage: 'reported', on_behalf_of: ann },
  ]);
  const alert = () => house.look.read.selectFrom('alerts').selectAll().where('kind', '=', 'bypass').execute();
  await vi.waitFor(async () => expect(await alert()).toMatchObject([{ count: 1 }]), { timeout: 10_000, interval: 50 });
});

/** Lists in lists, deeper than any reader should follow. */
function nested(): Uint8Array {
  let value = Buffer.from([0x0a, 0x00]);
  const wrap = (field: number, inner: Buffer) => {
    const length: number[] = [];
    for (let rest = inner.length; ; rest >>>= 7) {
      length.push(rest > 127 ? (rest & 127) | 128 : rest);
      if (rest <= 127) break;
    }
    return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), inner]);
  };
  for (let depth = 0; depth < 5_000; depth++) value = wrap(5, wrap(1, value));
  return wrap(1, wrap(2, wrap(2, wrap(5, value))));
}
