import { expect } from 'vitest';
import type { Fixture } from './house.ts';
import { replay } from './replay.ts';

/** One tool is barred from what counts, and two others can do the same. */
const fixture: Fixture = {
  tools: { delete_file: {}, purge: {}, shell: {}, read_file: {}, write_note: {} },
  policy: (url) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
---
directory:
  - { person: ann@corp.example, groups: [dev] }
  - { person: bob@corp.example, groups: [dev] }
  - { person: lee@corp.example, groups: [leads] }
---
connection: box
owner: ops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: box
access: read-write
because: Working on files is what this plugin is for
tools:
  read_file: { effect: read }
  write_note: { effect: write, reversible: true, reach: "1" }
  delete_file:
    effect: delete
    reach: "1"
    check: [{ rule: "!args.path.startsWith('/data/')", says: "Nothing under /data is deleted by an agent." }]
  purge: { effect: delete, reach: "1" }
  shell: { effect: execute, reach: "1" }
---
plugin: desk
owner: ops@corp.example
for: ["group:dev"]
release: { version: 1.0.0 }
connectors: [box]
autonomy: { box.write_note: unattended }
`,
};

replay('S25: the tool is blocked, so the agent takes another', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'box');
  const path = '/data/customers.db';
  expect((await agent.call('delete_file', { path })).text).toContain('check_failed');
  // The same effect by another name, and by code; nobody is asked about either.
  for (const [tool, args] of [
    ['purge', { file: '/data/./old/../customers.db' }],
    ['shell', { command: `cd /data && rm -f customers.db` }],
    ['shell', { command: `python3 -c "import os; os.remove('/data/customers.db')"` }],
  ] as const) {
    const again = await agent.call(tool, args);
    expect(again).toMatchObject({ isError: true, ticket: '' });
    expect(again.text).toContain('refused_before');
  }
  for (const tool of ['delete_file', 'purge', 'shell']) expect(house.reached(tool)).toEqual([]);
  expect(house.written.filter(({ code }) => code === 'refused_before')).toHaveLength(3);
  // Another target is another matter, and reading it is none.
  expect((await agent.call('shell', { command: 'rm -f /tmp-build/cache.bin' })).text).toContain('held for approval');
  expect((await agent.call('read_file', { path })).isError).toBe(false);
  expect((await agent.call('write_note', { text: 'I could not delete it' })).isError).toBe(false);
});

replay('S25: a person says no, and the agent goes another way', fixture, async (house) => {
  const agent = await house.agent('bob@corp.example', 'box');
  const lee = await house.person('lee@corp.example');
  const held = await agent.call('purge', { file: '/srv/archive/2024.tar' });
  expect(held.ticket).not.toBe('');
  expect((await lee.decide(held.ticket, { decision: 'refuse', reason: 'We need it.' })).status).toBe(200);
  await expect.poll(async () => (await agent.call('shell', { command: 'rm /srv/archive/2024.tar' })).text).toContain('refused_before');
  expect(house.reached('purge')).toEqual([]);
  expect(house.reached('shell')).toEqual([]);
});
