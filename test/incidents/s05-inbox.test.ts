import { expect } from 'vitest';
import type { Fixture } from './house.ts';
import { replay } from './replay.ts';

/** An inbox whose agent may move mails to the bin alone; "confirm before acting" was in a context that is gone. */
const fixture: Fixture = {
  tools: { list_mails: {}, bin_mail: {}, label_mail: {} },
  policy: (url) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
---
directory:
  - { person: ann@corp.example, groups: [staff] }
---
connection: inbox
owner: it@corp.example
upstream: { url: "${url}" }
network: private
---
connector: inbox
access: read-write
because: Tidying the inbox is what this plugin is for
tools:
  list_mails: { effect: read }
  label_mail: { effect: write, reversible: true, reach: "1" }
  bin_mail: { effect: write, reversible: true, reach: "1", limits: { writes: 12 per 10m } }
---
plugin: desk
owner: it@corp.example
for: ["group:staff"]
release: { version: 1.0.0 }
connectors: [inbox]
autonomy: { inbox.bin_mail: unattended, inbox.label_mail: unattended }
`,
};

replay('S05: an agent that forgot to ask bins the whole inbox', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'inbox');
  const answers = [];
  for (let mail = 1; mail <= 40; mail++) answers.push(await agent.call('bin_mail', { mail }));
  // Mail 13 is the first that the breaker refuses; no later one arrives either.
  expect(house.reached('bin_mail').map(({ args }) => args['mail'])).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
  expect(answers.map(({ isError }) => isError)).toEqual(Array.from({ length: 40 }, (_, at) => at >= 12));
  expect(answers[12]?.text).toContain('limit_reached');
  expect(answers[12]?.text).toContain('The limit of 12 writes per 10m for tool inbox.bin_mail is reached: 12 of 12 used.');
  expect(answers[12]?.text).toContain('until it@corp.example or an administrator resets it');
  // The rest of the task goes on: only the tool is frozen.
  expect((await agent.call('label_mail', { mail: 1 })).isError).toBe(false);
  expect((await agent.call('list_mails')).isError).toBe(false);
  // Starting afresh is no way out.
  await house.restart();
  expect((await agent.call('bin_mail', { mail: 99 })).text).toContain('limit_reached');
  expect(house.reached('bin_mail')).toHaveLength(12);
  expect(house.written.filter(({ action }) => action === 'limit.tripped')).toMatchObject([
    { rule: 'limits/tool/inbox.bin_mail/writes', detail: '12 of 12' },
  ]);
});
