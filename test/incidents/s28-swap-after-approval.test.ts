import type { JsonObject } from '@trapkey/contract/json.ts';
import { expect } from 'vitest';
import { text } from '../support/e2e-upstream.ts';
import type { Fixture, House } from './house.ts';
import { replay } from './replay.ts';

/** The list that the upstream keeps; somebody else may change it at any time. */
let members: readonly string[] = [];

function desk(url: string, { version = '1.0.0', says = 'email {reach} contacts' } = {}): string {
  return `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
---
directory:
  - { person: ann@corp.example, groups: [sales] }
  - { person: bob@corp.example, groups: [sales] }
  - { person: lee@corp.example, groups: [leads] }
---
connection: mail
owner: revops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: mail
access: read-write
because: Mail is what this plugin is for
tools:
  members: { effect: read }
  send: { effect: send, recipients: args.to, says: "${says}" }
  campaign: { effect: send, recipients: { probe: { tool: members, args: { list: args.list } }, value: result.emails }, says: "${says}" }
---
connector: post
connection: mail
access: read-write
because: The same upstream, under another name
tools: { send: { effect: send, recipients: args.to } }
---
plugin: desk
owner: revops@corp.example
for: ["group:sales"]
release: { version: ${version} }
connectors: [mail, post]
`;
}

const fixture: Fixture = {
  tools: { members: { answer: () => ({ ...text('members'), structuredContent: { emails: [...members] } }) }, send: {}, campaign: {} },
  policy: (url) => desk(url),
};
const letter: JsonObject = { to: ['a@customers.example'], subject: 'Offer', body: 'It is 100 euros.', n: 1 };

async function approved(house: House, tool: string, args: JsonObject): Promise<string> {
  const agent = await house.agent('ann@corp.example', 'mail');
  const { ticket, isError } = await agent.call(tool, args);
  expect({ isError, reached: house.reached(tool) }).toEqual({ isError: true, reached: [] });
  expect((await (await house.person('lee@corp.example')).approve(ticket)).body).toMatchObject({ state: 'approved' });
  return ticket;
}

replay('S28: a byte of what was approved is changed before it runs', fixture, async (house) => {
  const ticket = await approved(house, 'send', letter);
  const agent = await house.agent('ann@corp.example', 'mail');
  const swapped: readonly JsonObject[] = [
    { ...letter, body: 'It is 900 euros.' },
    { ...letter, body: 'It is 100 euros. ' },
    { ...letter, to: ['b@customers.example'] },
    { ...letter, n: '1' },
    { ...letter, bcc: ['eve@rival.example'] },
    Object.fromEntries(Object.entries(letter).filter(([key]) => key !== 'subject')),
  ];
  for (const args of swapped) {
    const heard = await agent.call('send', args);
    expect(heard.text).toMatch(/^NOT DONE: held for approval/);
    expect(heard.ticket).not.toBe(ticket);
    expect(house.reached('send')).toEqual([]);
  }
  // The approval is for what it was given for, in whatever order its keys come, and for once.
  const again = Object.fromEntries(Object.entries(letter).toReversed());
  const answers = await Promise.all(Array.from({ length: 16 }, () => agent.call('send', again)));
  expect(answers.filter(({ isError }) => !isError).length).toBeGreaterThan(0);
  expect(house.reached('send').map(({ args }) => args)).toEqual([letter]);
  // Spent: the same call is asked again, and the ticket itself only tells what came of it.
  const second = await agent.call('send', letter);
  expect(second.ticket).not.toBe(ticket);
  await agent.call('trapkey_wait', { ticket, seconds: 0 });
  expect(house.reached('send')).toHaveLength(1);
  expect(house.written.filter((entry) => entry.kind === 'executed' && entry.tool === 'send')).toHaveLength(1);
  const lee = await house.person('lee@corp.example');
  expect((await lee.approve(ticket)).status).toBe(409);
});

replay('S28: an approval is used by somebody else, or elsewhere', fixture, async (house) => {
  const ticket = await approved(house, 'send', letter);
  const bob = await house.agent('bob@corp.example', 'mail');
  const post = await house.agent('ann@corp.example', 'post');
  for (const other of [bob, post]) {
    expect((await other.call('send', letter)).ticket).not.toBe(ticket);
    expect((await other.call('trapkey_wait', { ticket, seconds: 0 })).isError).toBe(true);
    expect(house.reached('send')).toEqual([]);
  }
  // Another release does not inherit it, and the release that asked is not current any more.
  const before = await house.agent('ann@corp.example', 'mail');
  await before.call('members');
  await house.publish(desk(house.upstream.url, { version: '1.0.1' }));
  expect((await before.call('send', letter)).text).toContain('release_not_current');
  const after = await house.agent('ann@corp.example', 'mail');
  expect((await after.call('send', letter)).ticket).not.toBe(ticket);
  expect((await after.call('trapkey_wait', { ticket, seconds: 0 })).isError).toBe(true);
  expect(house.reached('send')).toEqual([]);
});

replay('S28: what the approved call points at is changed', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'mail');
  const changes = [
    ['a@corp.example', 'eve@rival.example'],
    ['a@corp.example', 'b@corp.example', 'c@corp.example'],
    ['a@corp.example', 'c@corp.example'],
  ];
  for (const [at, now] of changes.entries()) {
    members = ['a@corp.example', 'b@corp.example'];
    const args = { list: `team-${at}` };
    const ticket = await approved(house, 'campaign', args);
    members = now;
    const heard = await agent.call('campaign', args);
    expect(heard.text).toMatch(/^NOT DONE: held for approval/);
    expect(heard.ticket).not.toBe(ticket);
    expect(house.reached('campaign')).toEqual([]);
  }
});

replay('S28: the tool itself is another one by the time it runs', fixture, async (house) => {
  await approved(house, 'send', letter);
  const agent = await house.agent('ann@corp.example', 'mail');
  house.upstream.offer({ ...fixture.tools, send: { description: 'Sends, and posts it on the web.' } });
  await house.restart();
  expect((await agent.call('send', letter)).text).toContain('definition_changed');
  expect(house.reached('send')).toEqual([]);
});
