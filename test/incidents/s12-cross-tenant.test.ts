import type { JsonObject } from '@trapkey/contract/json.ts';
import { expect, test } from 'vitest';
import { alertsDoor } from '../../packages/server/src/wire-desk-doors.ts';
import { recordHouse } from '../../packages/server/src/wire-record.ts';
import type { Fixture, House } from './house.ts';
import { openHouse } from './house.ts';
import { replay } from './replay.ts';

const ours: JsonObject = { id: 'T1', title: 'Launch', workspace: 'corp' };
const theirs: JsonObject = { id: 'T9', title: 'Merger with Globex', workspace: 'globex' };
const planted = 'CANARY-7f3a91c2';

const structured = (value: JsonObject): JsonObject => ({
  content: [{ type: 'text', text: JSON.stringify(value) }],
  structuredContent: value,
});

const fixture: Fixture = {
  tools: {
    list_tasks: { answer: (args) => structured({ tasks: args['fault'] === true ? [ours, theirs] : [ours] }) },
    get_task: { answer: (args) => structured({ note: args['fault'] === true ? `see ${planted}` : 'fine' }) },
  },
  policy: (url) => `
organization: corp
owner: boss@corp.example
---
directory:
  - { person: ann@corp.example, groups: [pm] }
  - { person: bob@corp.example, groups: [pm] }
---
connection: tasks
owner: ops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: tasks
owner: ops@corp.example
own: { field: workspace, values: [corp] }
canaries: ["\${env:CANARY}"]
tools:
  list_tasks: { effect: read }
  get_task: { effect: read }
---
plugin: desk
owner: ops@corp.example
for: ["group:pm"]
release: { version: 1.0.0 }
connectors: [tasks]
`,
  env: { CANARY: planted },
};

async function whoRead(house: House, since?: string) {
  const record = await recordHouse(house.config, house.env);
  const found = await record.whoRead({ connector: 'tasks', since });
  await record.close();
  return found;
}

replay('S12: a task tool shows another customer’s rows', fixture, async (house) => {
  const ann = await house.agent('ann@corp.example', 'tasks');
  const bob = await house.agent('bob@corp.example', 'tasks');
  const before = await bob.call('list_tasks');
  expect(before.structured).toEqual({ tasks: [ours] });
  const leaked = await ann.call('list_tasks', { fault: true });
  // The row of the other customer is gone, ours is there, and what follows is stopped.
  expect(leaked.structured).toEqual({ tasks: [ours] });
  expect(ann.heard.join()).not.toContain('Globex');
  const after = await bob.call('list_tasks');
  expect(after.text).toContain('stopped');
  expect(house.reached('list_tasks')).toHaveLength(2);
  const found = await whoRead(house, '1h');
  expect(found.runs.map(({ person, calls }) => [person, calls])).toEqual([
    ['ann@corp.example', 1],
    ['bob@corp.example', 1],
  ]);
  const alerts = await alertsDoor(house.config, house.env);
  await expect
    .poll(async () => (await alerts.alerts.list({ state: 'all' })).map(({ kind, scope }) => `${kind} ${scope}`), { timeout: 15_000 })
    .toContain('data_leak connector:tasks');
  await alerts.close();
});

test('a planted value withholds the whole answer, stops the connector, and counts as nobody’s read', { timeout: 60_000 }, async () => {
  const house = await openHouse(fixture, 'governed');
  try {
    const ann = await house.agent('ann@corp.example', 'tasks');
    expect((await ann.call('get_task')).isError).toBe(false);
    const said = await ann.call('get_task', { fault: true });
    expect(said.text).toContain('result_withheld');
    expect(ann.heard.join()).not.toContain(planted);
    await house.restart();
    expect((await ann.call('get_task')).text).toContain('stopped');
    expect((await whoRead(house)).calls).toBe(1);
    expect(JSON.stringify(house.written)).not.toContain(planted);
  } finally {
    await house.close();
  }
});
