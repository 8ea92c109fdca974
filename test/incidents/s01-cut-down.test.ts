import type { JsonObject } from '@trapkey/contract/json.ts';
import { expect } from 'vitest';
import type { Fixture } from './house.ts';
import { replay } from './replay.ts';

const contacts = Array.from({ length: 2_310 }, (_, at) => `contact-${at}@customers.example`);
const mail: JsonObject = { to: contacts, subject: 'Spring', body: 'Our new prices.' };

const fixture: Fixture = {
  tools: { send_mail: {} },
  policy: (url) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
---
directory:
  - { person: ann@corp.example, groups: [sales] }
  - { person: lee@corp.example, groups: [leads] }
  - { person: max@corp.example, groups: [leads] }
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
  send_mail:
    effect: send
    recipients: args.to
    says: "email {reach} contacts"
    check: [{ rule: "size(args.body) < 1000", says: "A mail has under 1,000 characters." }]
---
plugin: desk
owner: revops@corp.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [mail]
`,
};

replay('S01: of 2,310 recipients 50 are approved', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'mail');
  const lee = await house.person('lee@corp.example');
  const { ticket, text } = await agent.call('send_mail', mail);
  expect(text).toContain('mail.send_mail would email 2,310 contacts outside the company, in production. It cannot be undone.');

  const beyond = { decision: 'part', part: { argument: 'to', only: ['boss@rival.example'] } };
  expect((await lee.decide(ticket, beyond)).body).toMatchObject({ says: expect.stringContaining('a part adds nothing') });
  const approved = await lee.decide(ticket, { decision: 'part', part: { argument: 'to', first: 50 } });
  expect(approved.body).toMatchObject({ state: 'approved', reach: 50, edited: true });
  const shown = await lee.show(ticket);
  expect(shown.sentence).toContain('would email 50 contacts outside the company');
  expect(shown.original?.arguments).toEqual(mail);
  expect(house.reached('send_mail')).toEqual([]);

  // The agent comes back with what it asked for; what runs is what was approved, and it is told so.
  const answers = await Promise.all([agent.call('send_mail', mail), agent.call('send_mail', mail)]);
  expect(house.reached('send_mail').map(({ args }) => args)).toEqual([{ ...mail, to: contacts.slice(0, 50) }]);
  expect(answers.filter(({ isError }) => !isError)).toHaveLength(1);
  expect(house.written.filter(({ kind, tool }) => kind === 'executed' && tool === 'send_mail')).toMatchObject([
    { reach: 50, approval: 'human:lee@corp.example' },
  ]);
  expect(house.written.filter((entry) => entry.ticket === ticket && ['edited', 'approved'].includes(entry.kind))).toHaveLength(2);
  await agent.call('send_mail', mail);
  expect(house.reached('send_mail')).toHaveLength(1);
});

replay('S01: who rewrites a mail does not approve it alone', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'mail');
  const [lee, max] = [await house.person('lee@corp.example'), await house.person('max@corp.example')];
  const { ticket } = await agent.call('send_mail', mail);
  const rewritten = { ...mail, to: ['one@customers.example'], body: 'Prices, corrected.' };
  const refused = await lee.decide(ticket, { decision: 'edit', arguments: { ...rewritten, body: 'x'.repeat(1_000) } });
  expect(JSON.stringify(refused.body)).toContain('A mail has under 1,000 characters');
  expect((await lee.decide(ticket, { decision: 'edit', arguments: rewritten })).body).toMatchObject({ state: 'held', reach: 1 });
  expect((await lee.approve(ticket)).body).toMatchObject({ state: 'held' });
  await agent.call('send_mail', mail);
  expect(house.reached('send_mail')).toEqual([]);
  expect((await max.approve(ticket)).body).toMatchObject({ state: 'approved' });
  await agent.call('send_mail', mail);
  expect(house.reached('send_mail').map(({ args }) => args)).toEqual([rewritten]);
});
