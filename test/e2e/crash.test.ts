import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectAs, entriesOf, type Gateway, type House, openHouse, type Servers, until } from '../support/e2e.ts';
import { call, connect } from '../support/e2e-client.ts';
import { ann, as, boss, corp } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';

let upstream: RecordingUpstream;
let house: House;
let gateway: Gateway;
let servers: Servers;

beforeAll(async () => {
  const hangs = { answer: () => undefined };
  upstream = await startUpstream({ look: {}, slow: hangs, note: {}, slow_note: {}, send: hangs });
  house = openHouse({ 'corp.yaml': corp(upstream.url) });
  gateway = await house.serve({ command: ['up', '--admin', boss] });
  servers = await connectAs(house, 'sales', gateway.code, ['--person', ann]);
});
afterAll(async () => {
  house?.remove();
  await upstream?.close();
});

it('kill -9 with calls in flight: what was open is closed as unknown, the ticket is spent, the record verifies', async () => {
  const mail = { to: ['x@corp.example'], subject: 'crash' };
  const [look, act] = await Promise.all([connect(servers['sales-crm']), connect(servers['sales-crm-act'])]);
  expect((await call(look, 'look')).isError).toBe(false);
  const ticket = String((await call(act, 'send', mail)).decision?.['ticket']);
  expect((await house.run(['approvals', 'approve', ticket, ...as(boss)], { input: gateway.code })).status).toBe(0);
  const running = [call(look, 'slow'), call(act, 'send', mail)].map((one) => one.catch((error: Error) => error));
  await until('both are at the upstream', () => upstream.open() === 2);
  await gateway.kill();
  // A client that nobody answers any more waits for its own time-out; closed, it says so.
  await Promise.all([look.close(), act.close()]);
  for (const answer of await Promise.all(running)) expect(answer).toBeInstanceOf(Error);

  const again = await house.serve();
  await again.says(/1 call was left open, and closed as outcome unknown: /, 'stderr');
  await again.says(`1 ticket was left executing, and closed as outcome unknown: ${ticket}. Nothing of it is run again.`, 'stderr');
  const closed = await entriesOf(house, 'kind:closed');
  expect(closed.map(({ tool, outcome, ticket: id }) => ({ tool, outcome, ticket: id }))).toEqual(
    expect.arrayContaining([
      { tool: 'slow', outcome: 'unknown', ticket: undefined },
      { tool: 'send', outcome: 'unknown', ticket },
    ]),
  );
  expect(JSON.parse((await house.run(['approvals', 'show', ticket, '--json'])).out)).toMatchObject({ id: ticket, state: 'unknown' });
  const verified = await house.run(['record', 'verify']);
  expect(verified, verified.out).toMatchObject({ status: 0 });

  // It ran once, perhaps: the same call asks a person again, and is not sent.
  const before = upstream.calls.length;
  const server = servers['sales-crm-act'];
  const moved = await connect(server && { ...server, url: server.url.replace(gateway.url, again.url) });
  const anew = await call(moved, 'send', mail);
  expect(anew.text).toContain('NOT DONE: held for approval');
  expect(anew.decision?.['ticket']).not.toBe(ticket);
  expect(upstream.calls).toHaveLength(before);
  await moved.close();
  expect(await again.stop()).toBe(0);
});
