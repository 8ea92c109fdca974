import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectAs, entriesOf, type Gateway, type House, openHouse, until } from '../support/e2e.ts';
import { call, connect } from '../support/e2e-client.ts';
import { ann, as, boss, corp } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';

const schema = { type: 'object', properties: { to: { type: 'array' }, subject: { type: 'string' } } };
const tools = { look: {}, slow: {}, note: {}, slow_note: {}, send: { inputSchema: schema }, post: { inputSchema: schema } };
const post = '  post: { effect: send, reach: "1", approvals: { approvers: ["group:leads"], run: approval } }\n';

let upstream: RecordingUpstream;
let house: House;
let gateway: Gateway;
let agent: Client;

beforeAll(async () => {
  upstream = await startUpstream(tools);
  house = openHouse({ 'corp.yaml': corp(upstream.url).replace('  send:\n', `${post}  send:\n`) });
  gateway = await house.serve({ command: ['up', '--admin', boss] });
  const servers = await connectAs(house, 'sales', gateway.code, ['--as', boss, '--person', ann]);
  agent = await connect(servers['sales-crm-act']);
});
afterAll(async () => {
  await agent?.close();
  house?.remove();
  await upstream?.close();
});

const send = (subject: string) => call(agent, 'send', { to: ['x@corp.example'], subject });
const ticketOf = (heard: { readonly decision: Readonly<Record<string, unknown>> | undefined }) => String(heard.decision?.['ticket']);
const decide = async (verb: readonly string[]) => {
  const ran = await house.run(['approvals', ...verb, ...as(boss)], { input: gateway.code });
  expect(ran.err === '' || ran.status === 0, ran.err).toBe(true);
  return ran.out;
};

it('an agent that waits for its ticket gets the result as soon as somebody approved in another process', async () => {
  const before = upstream.calls.length;
  const ticket = ticketOf(await send('waiting'));
  const waiting = call(agent, 'trapkey_wait', { ticket, seconds: 40 });
  await decide(['approve', ticket]);
  expect(await waiting).toMatchObject({ isError: false, text: expect.stringContaining('send done') });
  expect(upstream.calls).toHaveLength(before + 1);
});

it('what a person lets run, runs without its agent, once; its result waits to be picked up', async () => {
  const before = upstream.calls.length;
  const ticket = ticketOf(await send('pressed'));
  await decide(['approve', ticket]);
  expect(upstream.calls).toHaveLength(before);
  expect(await decide(['run', ticket])).toContain(`Ticket ${ticket} runs once`);
  await until('it ran', () => upstream.calls.length > before);
  expect(await send('pressed')).toMatchObject({ isError: false, text: expect.stringContaining('send done') });
  expect(upstream.calls).toHaveLength(before + 1);
  const acts = (await entriesOf(house, `ticket:${ticket}`)).map(({ kind, action }) => (kind === 'admin' ? action : kind));
  expect(acts).toEqual(expect.arrayContaining(['held', 'approved', 'ticket.run', 'executed', 'result.picked_up']));
});

it('what policy runs at approval, runs at approval', async () => {
  const before = upstream.calls.length;
  const ticket = ticketOf(await call(agent, 'post', { to: ['x@corp.example'] }));
  await decide(['approve', ticket]);
  await until('it ran', () => upstream.calls.length > before);
  expect(await call(agent, 'trapkey_wait', { ticket })).toMatchObject({ isError: false, text: expect.stringContaining('post done') });
  expect(upstream.calls).toHaveLength(before + 1);
});
