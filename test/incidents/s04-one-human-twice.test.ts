import { expect } from 'vitest';
import type { Fixture } from './house.ts';
import { replay } from './replay.ts';

/** Ann asks and Lee owns the agent; both are in every group that is asked, and have a second account. */
const fixture: Fixture = {
  tools: { deploy: {}, restart: {} },
  policy: (url) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:ops"], needs: 1, expires: 1h } }
---
directory:
  - { person: ann@corp.example, groups: [dev, ops, security], aliases: [ann.admin@corp.example, "sso-4711"] }
  - { person: lee@corp.example, groups: [ops, security], aliases: [lee.admin@corp.example] }
  - { person: max@corp.example, groups: [ops] }
  - { person: sue@corp.example, groups: [security] }
---
connection: cloud
owner: ops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: cloud
access: read-write
because: Deploying is what this plugin is for
tools:
  restart: { effect: execute, reach: "1" }
  deploy:
    effect: execute
    reach: "1"
    approvals: { approvers: ["group:ops", "group:security"], needs: 2, distinct: ["group:ops", "group:security"], expires: 1h }
---
plugin: desk
owner: lee@corp.example
for: ["group:dev"]
release: { version: 1.0.0 }
connectors: [cloud]
`,
};

replay('S04: one human asks and approves, under two accounts', fixture, async (house) => {
  for (const asking of ['ann@corp.example', 'ann.admin@corp.example', 'sso-4711']) {
    const agent = await house.agent(asking, 'cloud');
    const { ticket } = await agent.call('deploy', { to: 'cn-north-1', by: asking });
    expect(house.reached('deploy')).toEqual([]);
    for (const account of ['ann@corp.example', 'ann.admin@corp.example', 'sso-4711']) {
      const self = await house.person(account);
      const answer = await self.approve(ticket);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(answer.body)).toContain('asked for this call');
    }
    expect((await agent.call('deploy', { to: 'cn-north-1', by: asking })).isError).toBe(true);
  }
  expect(house.reached('deploy')).toEqual([]);
});

replay('S04: two approvals are of two people, one of each group', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'cloud');
  const lee = await house.person('lee@corp.example');
  const again = await house.person('lee.admin@corp.example');
  const [max, sue] = [await house.person('max@corp.example'), await house.person('sue@corp.example')];
  const args = { to: 'cn-north-1' };
  const { ticket } = await agent.call('deploy', args);
  expect(house.reached('deploy')).toEqual([]);

  // Who owns the agent is in both groups: they are one of the two, never both.
  expect((await lee.approve(ticket)).body).toMatchObject({ state: 'held' });
  for (const same of [lee, again]) expect(JSON.stringify((await same.approve(ticket)).body)).toContain('each person counts once');
  await agent.call('deploy', args);
  expect(house.reached('deploy')).toEqual([]);
  expect((await max.approve(ticket)).body).toMatchObject({ state: 'approved' });
  await agent.call('deploy', args);
  expect(house.reached('deploy')).toHaveLength(1);
  expect(house.written.filter(({ kind, tool }) => kind === 'executed' && tool === 'deploy')).toMatchObject([
    { approval: 'human:lee@corp.example,max@corp.example' },
  ]);

  // Two of one group are not one of each.
  const other = { to: 'eu-west-1' };
  const second = (await agent.call('deploy', other)).ticket;
  expect((await max.approve(second)).body).toMatchObject({ state: 'held' });
  await agent.call('deploy', other);
  expect(house.reached('deploy')).toHaveLength(1);
  expect((await sue.approve(second)).body).toMatchObject({ state: 'approved' });
});

replay('S04: who owns the agent approves nothing alone', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'cloud');
  const lee = await house.person('lee@corp.example');
  const { ticket } = await agent.call('restart', { service: 'billing' });
  expect(house.reached('restart')).toEqual([]);
  expect((await lee.approve(ticket)).body).toMatchObject({ state: 'held' });
  expect((await agent.call('restart', { service: 'billing' })).isError).toBe(true);
  expect(house.reached('restart')).toEqual([]);
  const max = await house.person('max@corp.example');
  expect((await max.approve(ticket)).body).toMatchObject({ state: 'approved' });
  await agent.call('restart', { service: 'billing' });
  expect(house.reached('restart')).toHaveLength(1);
});
