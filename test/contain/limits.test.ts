import { afterEach, describe, expect, it } from 'vitest';
import type { Handled } from '../../packages/server/src/kernel/handle.ts';
import { entriesOf, proven } from '../gate/desk.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { type Limited, openLimited, word } from './limits-node.ts';
import { limited } from './limits-policy.ts';

const owner = proven('m.osei@corp.example');
const spend = (usdMicroUnits: number, tokens = 0) => ({
  run: 'R-1',
  person: 'ann@corp.example',
  release: 'sales@1.0.0',
  usdMicroUnits,
  tokens,
  atMs: Date.now(),
});
const says = (handled: Handled) => (handled.kind === 'refused' ? handled.ruling.says : handled.kind);

describe.each(databases)('limits on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let node: Limited;
  const open = async (...policy: Parameters<typeof limited>) => {
    at = await fresh();
    node = await openLimited(at.address, limited(...policy));
  };
  const reached = () => node.upstream.reached.length;
  afterEach(async () => {
    await node.close();
    await at.drop();
  });

  it('count records by reach: what does not fit is refused, what is used up trips and freezes, a person resets it', async () => {
    await open('limits: { records: 10 per 1h }');
    expect(word(await node.call('note', { ids: [1, 2, 3, 4, 5, 6] }))).toBe('result');
    expect(says(await node.call('note', { ids: [1, 2, 3, 4, 5] }))).toContain('6 of 10 used and this call asks for 5');
    expect(await node.limits.trips({ state: 'open' })).toEqual([]);
    expect(word(await node.call('note', { ids: [7, 8, 9, 10] }))).toBe('result');
    expect(word(await node.call('note', { ids: [11] }))).toBe('limit_reached');
    expect(word(await node.call('look'))).toBe('result');
    const [trip] = await node.limits.trips({ state: 'open' });
    expect(trip).toMatchObject({ used: 10, max: 10, mode: 'freeze' });
    expect(node.stops.current().stops).toMatchObject([{ scope: { kind: 'plugin', id: 'sales' }, mode: 'freeze' }]);
    await expect(node.limits.reset({ trip: trip?.id ?? '', by: proven('bob@corp.example'), reason: 'please' })).rejects.toThrow(
      'reset by m.osei',
    );
    await node.limits.reset({ trip: trip?.id ?? '', by: owner, reason: 'the import was meant' });
    await expect(node.limits.reset({ trip: trip?.id ?? '', by: owner, reason: 'again' })).rejects.toThrow('reset already');
    expect(node.stops.current().stops).toEqual([]);
    expect(word(await node.call('note', { ids: [11] }))).toBe('result');
    const actions = (await entriesOf(at)).map(({ action }) => action).filter((action) => String(action).startsWith('limit.'));
    expect(actions).toEqual(['limit.tripped', 'limit.reset']);
  });

  it('give back what did not happen', async () => {
    await open('limits: { records: 4 per 1h }');
    node.upstream.answers.set('note', 'fails');
    await node.call('note', { ids: [1, 2, 3, 4] });
    node.upstream.answers.set('note', { ok: true });
    expect(word(await node.call('note', { ids: [1, 2, 3, 4] }))).toBe('result');
    expect(word(await node.call('note', { ids: [5] }))).toBe('limit_reached');
  });

  it('trip on what models cost, told afterwards, over a restart', async () => {
    await open('limits: { spend_usd: 5 per run, tokens: 1000 per 1h }');
    await node.limits.settleSpend([spend(2_000_000, 10), spend(2_999_999, 10)]);
    expect(word(await node.call('look'))).toBe('result');
    await node.limits.settleSpend([spend(1)]);
    expect(says(await node.call('look'))).toContain('5 of 5 USD'.replace(' of 5 USD', ' USD of 5 USD'));
    await node.close();
    node = await openLimited(at.address, limited('limits: { spend_usd: 5 per run, tokens: 1000 per 1h }'));
    expect(word(await node.call('look'))).toBe('limit_reached');
    expect(word(await node.call('look', {}, {}, 'bob@corp.example'))).toBe('result');
    expect(reached()).toBe(1);
  });

  it('see the same call come again, nearly the same one too, and not the next page', async () => {
    await open('limits: { repeats: 3 per 10m }');
    for (let page = 0; page < 6; page++) expect(word(await node.call('look', { page }))).toBe('result');
    const words = [
      'Where is order 7? attempt 1',
      'where is order 7?  Attempt 2',
      'Where is order 7! attempt 3',
      'where is order 7, attempt 4',
    ];
    const came = [];
    for (const query of words) came.push(word(await node.call('look', { query })));
    expect(came).toEqual(['result', 'result', 'result', 'limit_reached']);
    expect(reached()).toBe(9);
  });

  it('count refusals and sub-agents, and take one that nobody placed as the deepest', async () => {
    await open('limits: { refusals: 3 per 1h, agents: 2 per run, depth: 1 }');
    expect(word(await node.call('look', {}, { claims: { agentId: 'a' } }))).toBe('limit_reached');
    for (let i = 0; i < 3; i++) expect(word(await node.call('missing'))).toBe('not_offered');
    await expect.poll(async () => word(await node.call('look'))).toBe('limit_reached');
    expect(await node.limits.trips({ state: 'open' })).toMatchObject([{ measure: 'refusals', used: 3 }]);
  });

  it('of the organization hold for each plugin that has none of the measure', async () => {
    await open('limits: { writes: 5 per 1h }', 'limits: { actions: 2 per 1h, writes: 1 per 1h }');
    for (let i = 0; i < 2; i++) expect(word(await node.call('note', { ids: [i] }))).toBe('result');
    expect(word(await node.call('look'))).toBe('limit_reached');
    expect((await node.limits.trips({ state: 'open' }))[0]?.rule).toBe('limits/organization/corp/actions');
  });
});
