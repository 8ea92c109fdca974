import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore, type Store } from '../../packages/server/src/wire.ts';
import { openDeciding } from '../../packages/server/src/wire-deciding.ts';
import { publishedPolicy } from '../../packages/server/src/wire-doors.ts';
import { callOf } from '../gate/desk.ts';
import { type CatalogHouse, openCatalogHouse, plugin } from './house.ts';

let it: CatalogHouse;
let store: Store;
let node: Awaited<ReturnType<typeof openDeciding>>;
beforeAll(async () => {
  it = await openCatalogHouse({ look: {}, note: { inputSchema: { type: 'object', properties: { text: { type: 'string' } } } } });
  store = await openStore(it.house.config);
  node = await openDeciding(it.house.config, store, await publishedPolicy(it.house.config, it.house.env, store));
});
afterAll(async () => {
  await node.upstreams.close();
  await store.close();
  await it.close();
});

/** A call with the release that was current before, at a node that hears of nothing by itself. */
async function oldCall(): Promise<string> {
  const ofBob = { ...callOf(Date.now()).credential, person: 'bob@corp.example', audience: '/p/desk/1.0.0/crm' };
  const endpoint = { plugin: 'desk', version: '1.0.0', connector: 'crm' };
  const call = callOf(Date.now(), { endpoint, credential: ofBob, name: 'note', args: { text: 'a' } });
  const handled = await node.handle(call, { signal: new AbortController().signal });
  return handled.kind === 'refused' ? handled.ruling.code : handled.kind;
}

test('a node that learned of the stops of now, and not yet of the releases, lets nothing pass under the release of before', async () => {
  expect(await oldCall()).toBe('result');
  const { kind, id, version } = await it.reviewed(await it.propose(plugin('1.1.0')));
  const by = await it.root();
  await it.desk.releases.approve({ kind, id, version, reason: 'good', by });
  await node.stops.refresh();
  const before = it.house.upstream.calls.length;
  expect(await oldCall()).toBe('release_not_current');
  expect(it.house.upstream.calls.length).toBe(before);
});
