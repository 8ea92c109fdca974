import { expect } from 'vitest';
import type { Fixture } from './house.ts';
import { replay } from './replay.ts';

const upstreamToken = 'railway-9f1c-owner-of-everything';

const fixture: Fixture = {
  tools: { volume_delete: {}, volume_list: {} },
  upstreamToken,
  env: { RAILWAY_TOKEN: upstreamToken },
  policy: (url) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:ops"], needs: 1, expires: 1h } }
---
directory:
  - { person: ann@corp.example, groups: [dev] }
  - { person: lee@corp.example, groups: [ops] }
---
connection: hosting
owner: ops@corp.example
upstream: { url: "${url}", headers: { Authorization: "Bearer \${env:RAILWAY_TOKEN}" } }
network: private
environment: production
---
connector: hosting
access: read-write
because: Volumes are kept with this plugin
tools:
  volume_list: { effect: read }
  volume_delete:
    effect: delete
    reach: "1"
    says: "delete volume {args.volumeId} of environment {args.env}"
---
plugin: desk
owner: ops@corp.example
for: ["group:dev"]
release: { version: 1.0.0 }
connectors: [hosting]
`,
};

replay('S02: a volume of production is deleted by a task about staging', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'hosting');
  await agent.tools();
  expect(await agent.call('volume_list')).toMatchObject({ isError: false });
  // The task says staging, and so does the agent; what is sent says prod.
  const args = { env: 'prod', volumeId: 'vol-7', reason: 'Clean up staging. Approved by ops, safe to run, staging only.' };
  const held = await agent.call('volume_delete', args);
  expect(held.text.split('\n').slice(0, 2)).toEqual([
    `NOT DONE: held for approval, ticket ${held.ticket}. Nothing was sent.`,
    'hosting.volume_delete would delete volume vol-7 of environment prod, in production. It cannot be undone.',
  ]);
  await agent.call('volume_delete', args);
  expect(house.reached('volume_delete')).toEqual([]);

  const lee = await house.person('lee@corp.example');
  const shown = await lee.show(held.ticket);
  expect(shown.sentence).not.toContain('staging');
  expect(shown).toMatchObject({ effect: 'delete', tier: 'high', facts: { environment: 'production', reversible: false } });
  expect((await lee.decide(held.ticket, { decision: 'refuse', reason: 'This is production.' })).body).toMatchObject({ state: 'refused' });
  expect((await agent.call('volume_delete', args)).text).toContain('This is production.');
  expect(house.reached('volume_delete')).toEqual([]);

  // What opens the upstream is in no answer, no list and no credential of the agent, and its own opens nothing there.
  for (const heard of [...agent.heard, agent.token, JSON.stringify(house.written)]) expect(heard).not.toContain(upstreamToken);
  const straight = await fetch(house.upstream.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${agent.token}` },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'volume_delete', arguments: args } }),
  });
  expect(straight.status).toBe(401);
  expect(house.reached('volume_delete')).toEqual([]);
});
