import { expect, test } from 'vitest';
import { ask, openHouse, said } from './house.ts';

const everything = { scope: { kind: 'everything' }, by: { person: 'op', assurance: 'claimed' }, reason: 'test' } as const;

test('a stop that comes while a call waits for the names of its headers ends it before it is sent', async () => {
  const house = await openHouse({ modern: true });
  const ann = await house.tokenOf('ann@o.example');
  const { promise, resolve } = Promise.withResolvers<void>();
  house.upstream.listing = promise;
  const lists = house.upstream.reached.filter(({ method }) => method === 'tools/list').length;
  const answering = ask(house, ann, 'tools/call', { name: 'look' });
  await expect.poll(() => house.upstream.reached.filter(({ method }) => method === 'tools/list').length).toBeGreaterThan(lists);
  await house.stops.engage({ ...everything, mode: 'full' });
  await expect.poll(() => house.written.some(({ kind, code }) => kind === 'executed' && code === 'stopped')).toBe(true);
  resolve();
  expect(said(await answering)).toContain('stopped');
  expect(house.upstream.effects()).toEqual([]);
});

test('calls that wait for their turn when a stop comes are never sent', async () => {
  const house = await openHouse();
  const ann = await house.tokenOf('ann@o.example');
  // Holds every place of the upstream; what comes after waits in line.
  house.upstream.answers.set('look', () => undefined);
  const asking = Array.from({ length: 128 }, (_, n) => ask(house, ann, 'tools/call', { name: 'look', arguments: { n } }));
  await expect.poll(() => house.upstream.effects().length, { timeout: 20_000 }).toBeGreaterThan(0);
  await house.stops.engage({ ...everything, mode: 'full' });
  const answers = await Promise.all(asking);
  const sent = house.upstream.effects().length;
  expect(answers.every((answer) => answer.body.result?.['isError'] === true)).toBe(true);
  expect(said(await ask(house, ann, 'tools/call', { name: 'look' }))).toContain('stopped');
  expect(house.upstream.effects()).toHaveLength(sent);
  const allowed = house.written.filter(({ kind, verdict }) => kind === 'decided' && verdict === 'allow').length;
  expect(allowed).toBeGreaterThanOrEqual(sent);
  const executed = house.written.filter(({ kind }) => kind === 'executed');
  expect(executed).toHaveLength(allowed);
});

test('a freeze leaves reads, and takes whatever nobody classified', async () => {
  const house = await openHouse({
    documents: [
      {
        connector: 'c',
        access: 'read-write',
        because: 'tests',
        mode: 'observe',
        tools: { look: { effect: 'read' }, mail: { effect: 'send' } },
      },
    ],
  });
  const ann = await house.tokenOf('ann@o.example');
  await house.stops.engage({ ...everything, mode: 'freeze' });
  expect(said(await ask(house, ann, 'tools/call', { name: 'mail' }))).toContain('frozen');
  expect(said(await ask(house, ann, 'tools/call', { name: 'other' }))).toContain('frozen');
  expect(house.upstream.effects()).toEqual([]);
  expect((await ask(house, ann, 'tools/call', { name: 'look' })).body.result?.['isError']).toBeUndefined();
  expect(house.upstream.effects()).toHaveLength(1);
});
