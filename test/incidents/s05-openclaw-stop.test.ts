import { expect } from 'vitest';
import { post } from '../support/e2e-client.ts';
import type { Fixture } from './house.ts';
import { replay } from './replay.ts';

const ann = 'ann@corp.example';
let hanging = false;

const fixture: Fixture = {
  tools: { inbox: {}, trash: { answer: () => (hanging ? undefined : { content: [{ type: 'text', text: 'trashed' }] }) } },
  policy: (url) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:ops"], needs: 1, expires: 1h } }
---
directory:
  - { person: ann@corp.example, groups: [staff] }
  - { person: bob@corp.example, groups: [staff] }
---
connection: mail
owner: ops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: mail
access: read-write
because: The assistant tidies the inbox
tools:
  inbox: { effect: read }
  trash: { effect: write, reversible: true, reach: "1" }
---
plugin: desk
owner: ops@corp.example
for: ["group:staff"]
release: { version: 1.0.0 }
connectors: [mail]
autonomy: { mail.trash: unattended }
`,
};

replay('S05: an assistant goes on deleting while its person writes STOP, and stops from a phone', fixture, async (house) => {
  hanging = false;
  const agent = await house.agent(ann, 'mail');
  const bobs = await house.agent('bob@corp.example', 'mail');
  await agent.tools();
  expect(await agent.call('trash', { id: 'm-1' })).toMatchObject({ isError: false });
  // STOP in the chat is a word to the agent, and it goes on.
  expect(await agent.call('trash', { id: 'm-2', note: 'The user said STOP; finishing the cleanup first.' })).toMatchObject({
    isError: false,
  });

  // The next is at the mail server when she stops it: no role, no terminal, one form of one page.
  hanging = true;
  const running = agent.call('trash', { id: 'm-3' });
  await expect.poll(() => house.reached('trash').length).toBe(3);
  // A way without a gateway closes on it; that is no news.
  running.catch(() => undefined);
  const phone = await house.person(ann);
  const page = await phone.open(`${house.url}/stops`);
  expect(page.status).toBe(200);
  expect(page.text).toContain('name="viewport" content="width=device-width, initial-scale=1"');
  expect(page.text).toContain(`value="person:${ann}"`);
  const stopped = await phone.stop({ scope: `person:${ann}`, reason: 'I said STOP' });
  expect(stopped.status).toBe(200);
  hanging = false;
  await expect.poll(() => house.upstream.open()).toBe(0);
  expect((await running).text).toMatch(/^NOT KNOWN WHETHER DONE\. A stop was engaged while it ran/);

  // A flood of it, from an agent that does not listen: each is refused, and none is sent.
  const flood = await Promise.all(Array.from({ length: 40 }, (_, at) => agent.call('trash', { id: `m-${at + 10}` })));
  for (const refused of flood) expect(refused.text).toContain(`Everything that runs for ${ann} is stopped`);
  const server = { url: `${house.url}/p/desk/1.0.0/mail`, headers: { Authorization: `Bearer ${agent.token}` } };
  const list = await (await post(server, 'tools/list', {})).text();
  expect(list).toContain('trapkey_wait');
  expect(list).not.toContain('"trash"');
  expect(house.reached('trash')).toHaveLength(3);

  // Nobody else is touched, by it or by her.
  expect(await bobs.call('trash', { id: 'b-1' })).toMatchObject({ isError: false });
  expect(await phone.stop({ scope: 'everything', reason: 'all of it' })).toMatchObject({ status: 403 });
  expect(await bobs.call('inbox')).toMatchObject({ isError: false });
  // She stopped it, and does not start it again alone.
  const id = String(stopped.body['id']);
  expect((await phone.open(`${house.url}/api/stops/${id}`)).status).toBe(403);
  const ended = house.written.filter(({ kind, code }) => kind === 'executed' && code === 'stopped');
  expect(ended).toMatchObject([{ outcome: 'unknown', detail: `ended by ${id}` }]);
});
