import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectAs, type Gateway, type House, openHouse, type Servers, until } from '../support/e2e.ts';
import { call, connect } from '../support/e2e-client.ts';
import { ann, as, bob, boss } from '../support/e2e-policy.ts';

const memory = (sharing: string) => `
organization: corp
owner: boss@corp.example
solo: true
approvals: { high: { approvers: [boss@corp.example], needs: 1, expires: 1h } }
---
directory: [{ person: ann@corp.example, groups: [team] }, { person: bob@corp.example, groups: [team] }]
---
connection: memory
owner: boss@corp.example
upstream:
  command: ["\${env:TRAPKEY_STARTER_NODE}", "\${env:TRAPKEY_STARTER_SERVERS}/@modelcontextprotocol/server-memory/dist/index.js"]
env: { MEMORY_FILE_PATH: "\${home}/memory.jsonl" }
sharing: ${sharing}
---
connector: memory
access: read-write
because: Notes are there to be kept
tools:
  read_graph: { effect: read }
  create_entities: { effect: write, reversible: true, reach: size(args.entities) }
---
plugin: notes
owner: boss@corp.example
for: ["group:team"]
release: { version: 1.0.0 }
connectors: [memory]
autonomy: { memory.create_entities: unattended }
`;

let house: House;
let gateway: Gateway;
let servers: Readonly<Record<string, Servers>>;

beforeAll(async () => {
  house = openHouse({ 'corp.yaml': memory('none') });
  gateway = await house.serve({ command: ['up', '--admin', boss] });
  servers = {
    [ann]: await connectAs(house, 'notes', gateway.code, ['--person', ann]),
    [bob]: await connectAs(house, 'notes', gateway.code, ['--person', bob]),
  };
});
afterAll(() => house.remove());

const opened = (person: string) => connect(servers[person]?.['notes-memory']);
const note = (name: string) => ({ entities: [{ name, entityType: 'note', observations: [] }] });
const names = (structured: unknown) => (structured as { entities: readonly { name: string }[] }).entities.map(({ name }) => name);

it('two persons with server-memory do not see each other’s notes, and each keeps their own', async () => {
  const [forAnn, forBob] = [await opened(ann), await opened(bob)];
  expect((await call(forAnn, 'create_entities', note('of ann'))).isError).toBe(false);
  expect((await call(forBob, 'create_entities', note('of bob'))).isError).toBe(false);
  expect(names((await call(forAnn, 'read_graph')).structured)).toEqual(['of ann']);
  expect(names((await call(forBob, 'read_graph')).structured)).toEqual(['of bob']);
  // Another session of the same person is the same person.
  const again = await connect(servers[ann]?.['notes-memory'], 'legacy');
  expect(names((await call(again, 'read_graph')).structured)).toEqual(['of ann']);
  await Promise.all([forAnn.close(), forBob.close(), again.close()]);
});

it('where the owner says that it is shared, it is', async () => {
  house.write('corp.yaml', memory('all'));
  const applied = await house.run(['policy', 'apply', ...as(boss)], { input: gateway.code });
  expect(applied).toMatchObject({ status: 0, out: expect.stringContaining('runs now') });
  const [forAnn, forBob] = [await opened(ann), await opened(bob)];
  await until('the shared notes are empty', async () => names((await call(forAnn, 'read_graph')).structured).length === 0);
  await call(forAnn, 'create_entities', note('for all'));
  expect(names((await call(forBob, 'read_graph')).structured)).toEqual(['for all']);
  await Promise.all([forAnn.close(), forBob.close()]);
});
