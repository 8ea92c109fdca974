import { expect, it, onTestFinished } from 'vitest';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import { policyWith, upstreamFixtures } from './cases.ts';
import { openHouse } from './house.ts';

const atMs = Date.UTC(2026, 5, 6, 12);
const policy = policyWith({
  'set_owner: { effect: write, reversible: true, reach: "1" }':
    'set_owner: { effect: write, reach: "1", before: { tool: get_account, args: { id: args.id } }, undo: { tool: set_owner, args: { owner: before.owner } } }',
  'crm-act.bulk_tag: unattended': 'crm-act.bulk_tag: unattended, crm-act.set_owner: unattended',
});
const call: Call = {
  ...{ id: newCallId(atMs), attempt: 0, atMs, method: 'tools/call', name: 'set_owner', args: { id: '4821' }, extra: {} },
  endpoint: { plugin: 'sales', version: '2.1.0', connector: 'crm-act' },
  credential: {
    ...{ kind: 'token', id: 'c1', person: 'j.rivera@corp.example', groups: [], client: 'test', profile: undefined },
    ...{ audience: '/p/sales/2.1.0/crm-act', assurance: { person: 'proved', plugin: 'proved' } },
  },
  ...{ session: undefined, client: { name: 'test', version: '1' }, claims: {}, clientCapabilities: {}, via: 'mcp', ticket: undefined },
};

it.each([
  ['is beyond what numbers hold', () => Number.POSITIVE_INFINITY],
  [
    'breaks its reader',
    () => {
      throw new Error('the fixture broke');
    },
  ],
])('what stands there afterwards %s: the write is answered for, and that it was not read is on record', async (_, after) => {
  const house = await openHouse({ policy, fixtures: upstreamFixtures(), atMs });
  onTestFinished(() => house.close());
  const changed = () => house.upstream.reached.some(({ params }) => params['name'] === 'set_owner');
  const account = Object.defineProperty({ owner: 'ann' }, 'turnover', { enumerable: true, get: () => (changed() ? after() : 1) });
  house.upstream.answers.set('get_account', account);
  const handled = await house.handle(call, { signal: new AbortController().signal });
  expect(handled).toMatchObject({ kind: 'result' });
  const entries = await house.entries();
  expect(entries.map(({ kind }) => kind)).toEqual([...['requested', 'probing', 'probed', 'decided', 'executed', 'probing'], 'probed']);
  expect(entries.at(-1)).toMatchObject({ outcome: 'failed' });
});
