import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { alertsDoor } from '../../packages/server/src/wire-desk-doors.ts';
import { policyDoor } from '../../packages/server/src/wire-policy.ts';
import { mailReceiver } from '../alerts/receivers.ts';
import type { Fixture } from './house.ts';
import { replay } from './replay.ts';

const mail = await mailReceiver();
afterAll(mail.close);

const policyOf = (url: string, rule: string) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
alerts: { operations: { email: { smtp: "\${env:SMTP}", from: trapkey@corp.example, to: [ops@corp.example] } } }
---
directory:
  - { person: ann@corp.example, groups: [sales] }
---
connection: crm
owner: revops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: crm
access: read-write
because: Cleaning up is what this plugin is for
tools:
  list_contacts: { effect: read }
  ${rule}
---
plugin: desk
owner: revops@corp.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [crm]
autonomy: { crm.wipe: unattended }
`;
const strict = `wipe: { effect: write, reversible: true, reach: "1", check: [{ rule: "args.list == 'test'", says: "Only the test list is wiped." }] }`;
// Somebody means to loosen the rule, and writes one that cannot be evaluated.
const malformed = `wipe: { effect: write, reversible: true, reach: "1", check: [{ rule: "args.list = 'test' ||", says: "Any list." }] }`;

const fixture: Fixture = {
  tools: { list_contacts: {}, wipe: {} },
  policy: (url) => policyOf(url, strict),
  env: { SMTP: mail.url },
};

replay('S26: a malformed rule is published to everybody', fixture, async (house) => {
  const before = mail.mails.length;
  const agent = await house.agent('ann@corp.example', 'crm');
  await agent.call('wipe', { list: 'customers' });
  expect(house.reached('wipe')).toEqual([]);
  const running = house.written.findLast(({ kind }) => kind === 'decided')?.policy;

  writeFileSync(join(house.config.policyFolder, 'policy.yaml'), policyOf(house.upstream.url, malformed));
  const refused = () => house.written.filter(({ action }) => action === 'policy.refuse');
  await expect.poll(refused, { timeout: 30_000 }).toHaveLength(1);
  // A person who publishes it hears the same.
  const desk = await policyDoor(house.config, house.env);
  expect((await desk.propose()).status).toBe('broken');
  await desk.close();

  // What ran runs on: the call that the old rule lets through, and not the one that it bars.
  await agent.call('wipe', { list: 'customers' });
  expect((await agent.call('wipe', { list: 'test' })).isError).toBe(false);
  expect(house.reached('wipe').map(({ args }) => args)).toEqual([{ list: 'test' }]);
  expect(house.written.findLast(({ kind }) => kind === 'decided')?.policy).toBe(running);

  // And somebody is told, once, of what is wrong and where.
  const told = () => mail.mails.slice(before).filter(({ text }) => text.includes('A policy was refused'));
  await expect.poll(told, { timeout: 30_000 }).toHaveLength(1);
  expect(told()[0]).toMatchObject({ to: 'ops@corp.example', text: expect.stringContaining('policy.yaml:') });
  const door = await alertsDoor(house.config, house.env);
  const alerts = await door.alerts.list({ state: 'unresolved' });
  await door.close();
  expect(alerts.filter(({ kind }) => kind === 'policy_refused')).toMatchObject([{ state: 'open', delivery: 'delivered' }]);
});
