import { expect } from 'vitest';
import type { Fixture } from './house.ts';
import { replay } from './replay.ts';

/** A key in the wrong hands calls day and night; each person has a budget, and the organization one for each plugin. */
const fixture: Fixture = {
  tools: { complete: {}, order: {} },
  policy: (url) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
limits: { calls: 1000 per 1d }
---
directory:
  - { person: ann@corp.example, groups: [staff] }
  - { person: bob@corp.example, groups: [staff] }
  - { person: lee@corp.example, groups: [] }
---
connection: models
owner: lee@corp.example
upstream: { url: "${url}" }
network: private
---
connector: models
tools:
  complete: { effect: read }
---
plugin: desk
owner: lee@corp.example
for: ["group:staff"]
release: { version: 1.0.0 }
connectors: [models]
limits: { actions: { max: 25 per 1d, each: person } }
`,
};

replay('S06: a stolen key spends without end', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'models');
  const other = await house.agent('bob@corp.example', 'models');
  const lee = await house.person('lee@corp.example');
  const answers = await Promise.all(Array.from({ length: 60 }, (_, at) => agent.call('complete', { prompt: `p${at}` })));
  expect(house.reached('complete')).toHaveLength(25);
  const refused = answers.filter(({ isError }) => isError);
  expect(refused).toHaveLength(35);
  for (const { text } of refused) expect(text).toContain('limit_reached');
  expect(refused.map(({ text }) => text).join('\n')).toMatch(/25 of 25 used/);
  // Somebody else's budget is their own.
  expect((await other.call('complete', { prompt: 'hello' })).isError).toBe(false);
  expect(house.reached('complete')).toHaveLength(26);
  // Who may raise it has a request for it, once.
  const { text } = await lee.open(`${house.url}/api/requests`);
  const { requests } = JSON.parse(text) as {
    readonly requests: readonly { readonly rule: string; readonly person: string; readonly text: string }[];
  };
  expect(requests).toMatchObject([{ rule: 'limits/plugin/desk/actions', person: 'ann@corp.example', state: 'open' }]);
  expect(requests[0]?.text).toContain('Raise the limit');
});
