import { createHash } from 'node:crypto';
import type { JsonObject } from '@trapkey/contract/json.ts';
import canonicalize from 'canonicalize';
import { expect } from 'vitest';
import { text } from '../support/e2e-upstream.ts';
import type { Fixture } from './house.ts';
import { replay } from './replay.ts';

const contacts = Array.from({ length: 2_310 }, (_, at) => `contact-${at}@customers.example`);
const barred = contacts.filter((_, at) => at % 200 === 0);

/** An outreach desk: lists are read, campaigns and mails leave the company, tags stay inside. */
const fixture: Fixture = {
  tools: {
    list_members: { answer: () => ({ ...text('members'), structuredContent: { emails: contacts } }) },
    send_campaign: {},
    send_mail: {},
    tag: {},
  },
  files: { 'dnc.csv': `email\n${barred.join('\n')}\n` },
  policy: (url) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals:
  high:
    approvers: ["group:leads"]
    needs: 1
    expires: 1h
    above: [{ reach: 1000, needs: 2, approvers: ["group:leads"] }]
auto_execute:
  - { tool: crm-act.tag, reach: 100, together: 1000, because: Tags are cheap, owner: boss@corp.example, until: 2099-01-01 }
lists: { do_not_contact: dnc.csv }
---
directory:
  - { person: ann@corp.example, groups: [sales] }
  - { person: lee@corp.example, groups: [leads] }
  - { person: max@corp.example, groups: [leads] }
---
connection: crm
owner: revops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: crm
tools: { list_members: { effect: read } }
---
connector: crm-act
connection: crm
access: read-write
because: Campaigns are what this plugin is for
tools:
  send_campaign:
    effect: send
    recipients: { probe: { tool: list_members, args: { list: args.list_id } }, value: result.emails }
    says: "email {reach} contacts of list {args.list_id}"
  send_mail: { effect: send, recipients: args.to, says: "email {reach} contacts" }
  tag: { effect: write, reversible: true, reach: size(args.ids) }
---
plugin: desk
owner: revops@corp.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [crm, crm-act]
`,
};

const hashOf = (args: unknown): string =>
  createHash('sha256')
    .update(canonicalize(args) ?? '')
    .digest('hex');
const mailTo = (to: readonly string[]): JsonObject => ({ to, subject: 'Spring', body: 'Our new prices.' });
const piece = (at: number): readonly string[] => contacts.slice(at * 96, at * 96 + 100);

replay('S01: a list of 2,310 contacts is mailed at once', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'crm-act');
  const [lee, max] = [await house.person('lee@corp.example'), await house.person('max@corp.example')];
  const args = { list_id: 'spring', subject: 'Spring', body: 'Our new prices.' };

  const held = await agent.call('send_campaign', args);
  expect(held).toMatchObject({ isError: true, structured: undefined });
  expect(held.text.split('\n').slice(0, 2)).toEqual([
    `NOT DONE: held for approval, ticket ${held.ticket}. Nothing was sent.`,
    'crm-act.send_campaign would email 2,310 contacts of list spring outside the company, in production. 12 of 2,310 are do-not-contact. It cannot be undone.',
  ]);
  // The agent insists; it is the same question.
  expect((await agent.call('send_campaign', args)).ticket).toBe(held.ticket);

  const shown = await lee.show(held.ticket);
  expect(shown).toMatchObject({ state: 'held', reach: 2_310, needs: 2, payload: { name: 'send_campaign', arguments: args } });
  expect((await lee.approve(held.ticket)).body).toMatchObject({ state: 'held' });
  await agent.call('send_campaign', args);
  expect(house.reached('send_campaign')).toEqual([]);
  expect((await max.approve(held.ticket)).body).toMatchObject({ state: 'approved' });
  expect(house.reached('send_campaign')).toEqual([]);

  expect(await agent.call('send_campaign', args)).toMatchObject({ isError: false });
  await agent.call('send_campaign', args);
  expect(house.reached('send_campaign').map((sent) => hashOf(sent.args))).toEqual([hashOf(shown.payload.arguments)]);
  const ran = house.written.filter(({ tool, kind }) => tool === 'send_campaign' && kind === 'executed');
  expect(ran).toMatchObject([
    { outcome: 'done', reach: 2_310, destination: 'outside', approval: 'human:lee@corp.example,max@corp.example' },
  ]);
});

replay('S01: 24 pieces of 100 are sent instead', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'crm-act');
  const lee = await house.person('lee@corp.example');
  const tickets: string[] = [];
  for (let at = 0; at < 24; at++) {
    const held = await agent.call('send_mail', mailTo(piece(at)));
    expect(held.isError, held.text).toBe(true);
    tickets.push(held.ticket);
  }
  expect(house.reached('send_mail')).toEqual([]);
  const [first, tenth, eleventh, last] = await Promise.all([0, 9, 10, 23].map((at) => lee.show(tickets[at] ?? '')));
  expect(first).toMatchObject({ needs: 1, cumulative: 100 });
  expect(tenth).toMatchObject({ needs: 1, cumulative: 1_000, linked: tickets[0] });
  expect(eleventh).toMatchObject({ needs: 2, cumulative: 1_100, linked: tickets[0] });
  expect(last).toMatchObject({ needs: 2, cumulative: 2_400, reach: 100 });
  expect(last?.sentence).toContain('With 23 earlier pieces: 2,400 together.');
  // What one person may let go for a hundred they may not let go for 2,400.
  expect((await lee.approve(tickets[23] ?? '')).body).toMatchObject({ state: 'held' });
  await agent.call('send_mail', mailTo(piece(23)));
  expect(house.reached('send_mail')).toEqual([]);
});

replay('S01: pieces that need no person come to more than may go without one', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'crm-act');
  const answers: boolean[] = [];
  for (let at = 0; at < 24; at++) answers.push((await agent.call('tag', { ids: piece(at), tag: 'spring' })).isError);
  expect(house.reached('tag')).toHaveLength(10);
  expect(answers).toEqual(Array.from({ length: 24 }, (_, at) => at >= 10));
});
