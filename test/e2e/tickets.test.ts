import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectAs, entriesOf, type Gateway, type House, openHouse, type Servers, until } from '../support/e2e.ts';
import { call, connect, offered } from '../support/e2e-client.ts';
import { ann, as, boss, corp, dave } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';

const schema = { type: 'object', properties: { to: { type: 'array' }, subject: { type: 'string' } } };
const tools = { look: {}, slow: {}, note: {}, slow_note: {}, send: { inputSchema: schema } };

let upstream: RecordingUpstream;
let house: House;
let gateway: Gateway;
let servers: Servers;
let agent: Client;
const codes: Record<string, string> = {};

beforeAll(async () => {
  upstream = await startUpstream(tools);
  house = openHouse({ 'corp.yaml': corp(upstream.url) });
  gateway = await house.serve({ command: ['up', '--admin', boss] });
  codes[boss] = gateway.code;
  for (const person of [ann, dave]) {
    const enrolled = await house.run(['enroll', person, '--role', 'approver', '--json', ...as(boss)], { input: gateway.code });
    codes[person] = (JSON.parse(enrolled.out) as { code: string }).code;
  }
  servers = await connectAs(house, 'sales', gateway.code, ['--as', boss, '--person', ann]);
  agent = await connect(servers['sales-crm-act']);
});
afterAll(async () => {
  await agent?.close();
  house?.remove();
  await upstream?.close();
});

const send = (subject: string, to: readonly string[] = ['x@corp.example'], who = agent) => call(who, 'send', { to, subject });
const ticketOf = (heard: { readonly decision: Readonly<Record<string, unknown>> | undefined }) => String(heard.decision?.['ticket']);
const decide = (verb: readonly string[], person: string, code = codes[person] ?? '') =>
  house.run(['approvals', ...verb, ...as(person)], { input: code });

it('holds the call, says so in words, and sends nothing', async () => {
  const held = await send('spring');
  const ticket = ticketOf(held);
  expect(ticket).toMatch(/^TK-[0-9A-Z]{10}$/);
  expect(held.isError).toBe(true);
  expect(held.structured).toBeUndefined();
  const [first, second, third, fourth] = held.text.split('\n');
  expect(first).toBe(`NOT DONE: held for approval, ticket ${ticket}. Nothing was sent.`);
  expect(second).toContain('crm-act.send would mail 1 person about spring');
  expect(third).toMatch(/^Asked: group leads, 1 needed\. Expires .*\d\d:\d\d UTC\. Rule: /);
  expect(fourth).toContain(`/t/${ticket}`);
  expect(ticketOf(await send('spring'))).toBe(ticket);
  const listed = JSON.parse((await house.run(['approvals', 'list', '--json'])).out) as readonly { id: string; state: string }[];
  expect(listed.map(({ id, state }) => ({ id, state }))).toEqual([{ id: ticket, state: 'held' }]);
  expect(upstream.calls).toEqual([]);
});

it('runs exactly the frozen bytes, once, after somebody else approved; the next is held anew', async () => {
  // Key order and number format of the client do not matter: what was frozen is what goes out.
  const args = { subject: 'frozen', to: ['ä@corp.example'], n: 1e3 };
  const ticket = ticketOf(await call(agent, 'send', args));
  const shown = JSON.parse((await house.run(['approvals', 'show', ticket, '--json'])).out) as { payload: { arguments: unknown } };
  expect(shown.payload.arguments).toEqual(args);
  const approved = await decide(['approve', ticket], boss);
  expect(approved).toMatchObject({ status: 0, out: `Approved ${ticket} as ${boss}; it runs when the agent makes the same call again.\n` });
  expect(approved.err).toContain('ä@corp.example');
  expect(upstream.calls).toEqual([]);
  const ran = await call(agent, 'send', { n: 1000, to: ['ä@corp.example'], subject: 'frozen' });
  expect(ran).toMatchObject({ isError: false, text: expect.stringContaining('send done') });
  expect(upstream.calls.map(({ args: sent }) => sent)).toEqual([args]);
  const again = await call(agent, 'send', args);
  expect(again.text).toContain('NOT DONE: held for approval');
  expect(ticketOf(again)).not.toBe(ticket);
  expect(upstream.calls).toHaveLength(1);
  const entries = (await entriesOf(house, `ticket:${ticket}`)).filter(({ kind }) => kind !== 'admin');
  expect(entries.map(({ kind, attempt }) => `${kind} ${attempt}`)).toEqual([
    'decided 0',
    'held 0',
    'approved 0',
    'decided 1',
    'executed 1',
  ]);
  expect(entries.at(-2)).toMatchObject({ verdict: 'allow', code: 'approved', approval: `human:${boss}` });
});

it('takes no approval from a shell without the code, and none from the person who asked', async () => {
  const before = upstream.calls.length;
  const ticket = ticketOf(await send('nobody'));
  const none = await house.run(['approvals', 'approve', ticket, '--as', boss]);
  expect(none).toMatchObject({ status: 2, err: expect.stringContaining('This needs your code, and there is no terminal to ask on.') });
  const wrong = await decide(['approve', ticket], boss, 'AAAAA-AAAAA-AAAAA-AAAAA-AAAAA');
  expect(wrong).toMatchObject({ status: 2, err: expect.stringContaining('That is not the code of that person. Nothing was changed.') });
  const own = await decide(['approve', ticket], ann);
  expect(own).toMatchObject({ status: 2, err: expect.stringContaining(`${ann} asked for this call and cannot decide it.`) });
  expect((await send('nobody')).text).toContain('NOT DONE: held for approval');
  expect(upstream.calls).toHaveLength(before);
});

it('refuses whoever guesses and records each guess, and leaves the person to their own code', async () => {
  const ticket = ticketOf(await send('guessed'));
  for (let guess = 0; guess < 6; guess++) await decide(['approve', ticket], dave, `WRONG-${guess}`);
  const right = await decide(['approve', ticket], dave);
  expect(right).toMatchObject({ status: 0 });
  const refusals = await entriesOf(house, 'action:credential.refused');
  expect(refusals.filter(({ on_behalf_of: who }) => who === dave).length).toBeGreaterThanOrEqual(6);
});

it('tells the agent of a refusal, and does not ask anyone again', async () => {
  const before = upstream.calls.length;
  const ticket = ticketOf(await send('refused'));
  const refused = await decide(['refuse', ticket, '--reason', 'not before the audit'], boss);
  expect(refused).toMatchObject({ status: 0, out: expect.stringContaining(`Refused ${ticket}`) });
  for (let times = 0; times < 2; times++) {
    const heard = await send('refused');
    expect(heard).toMatchObject({ isError: true, decision: { code: 'refused_before' } });
    expect(heard.text).toContain('not before the audit');
  }
  const late = await decide(['approve', ticket], boss);
  expect(late).toMatchObject({ status: 2, err: expect.stringContaining(`Ticket ${ticket} is refused and cannot be decided again.`) });
  expect(upstream.calls).toHaveLength(before);
});

it('an approval is for these arguments only', async () => {
  const before = upstream.calls.length;
  const ticket = ticketOf(await send('exact', ['a@corp.example']));
  await decide(['approve', ticket], boss);
  const changed = await send('exact', ['b@corp.example']);
  expect(changed.text).toContain('held for approval');
  expect(ticketOf(changed)).not.toBe(ticket);
  expect(upstream.calls).toHaveLength(before);
  expect((await send('exact', ['a@corp.example'])).isError).toBe(false);
  expect(upstream.calls.at(-1)?.args).toEqual({ subject: 'exact', to: ['a@corp.example'] });
});

it('a check that fails is refused and asks nobody', async () => {
  const before = upstream.calls.length;
  const many = await send(
    'many',
    Array.from({ length: 11 }, (_, n) => `${n}@corp.example`),
  );
  expect(many).toMatchObject({ isError: true, decision: { code: 'check_failed', rule: 'check/crm-act.send/1' } });
  expect(many.decision).not.toHaveProperty('ticket');
  expect(upstream.calls).toHaveLength(before);
});

it('decided while the call waits: it runs and answers as usual', async () => {
  const waiting = await house.serve({ command: ['up'], env: { TRAPKEY_HELD_WAIT: '45s' } });
  const own = servers['sales-crm-act'];
  const patient = await connect(own && { ...own, url: own.url.replace(gateway.url, waiting.url) });
  const before = upstream.calls.length;
  const answer = send('patient', ['p@corp.example'], patient);
  const open = await until('a ticket about the mail is open', async () => {
    const listed = JSON.parse((await house.run(['approvals', 'list', '--json'])).out) as readonly { id: string; sentence: string }[];
    return listed.find(({ sentence }) => sentence.includes('patient'));
  });
  expect(upstream.calls).toHaveLength(before);
  await decide(['approve', open.id], boss);
  expect(await answer).toMatchObject({ isError: false, text: expect.stringContaining('send done') });
  expect(upstream.calls).toHaveLength(before + 1);
  await patient.close();
  expect(await waiting.stop()).toBe(0);
});

it('a definition that changed goes back to a person before an approved call runs', async () => {
  const before = upstream.calls.length;
  const ticket = ticketOf(await send('changed'));
  expect((await decide(['approve', ticket], boss)).status).toBe(0);
  upstream.offer({ ...tools, send: { inputSchema: schema, description: 'Now also posts it on the web.' } });
  await agent.close();
  await gateway.stop();
  gateway = await house.serve();
  const moved = Object.fromEntries(
    Object.entries(servers).map(([name, one]) => [name, { ...one, url: `${gateway.url}${new URL(one.url).pathname}` }]),
  );
  agent = await connect(moved['sales-crm-act']);
  expect(await offered(agent)).not.toContain('send');
  const refused = await send('changed');
  expect(refused).toMatchObject({ isError: true, decision: { code: 'definition_changed' } });
  expect(upstream.calls).toHaveLength(before);
  const diff = await house.run(['catalog', 'diff', 'crm']);
  expect(diff.out).toContain('+   "description": "Now also posts it on the web."');
  const accepted = await house.run(['catalog', 'accept', 'crm', 'send', ...as(boss)], { input: codes[boss] ?? '' });
  expect(accepted.status).toBe(0);
  // The approval was for the definition of before: a person looks again.
  const again = await until('the accepted definition is known', async () => {
    const heard = await send('changed');
    return heard.decision?.['code'] !== 'definition_changed' && heard;
  });
  expect(again.text).toContain('NOT DONE: held for approval');
  expect(ticketOf(again)).not.toBe(ticket);
  expect(upstream.calls).toHaveLength(before);
});
