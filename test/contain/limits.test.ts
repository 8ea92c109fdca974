import { afterEach, describe, expect, it } from 'vitest';
import type { Handled } from '../../packages/server/src/kernel/handle.ts';
import type { Tx } from '../../packages/server/src/kernel/recorder.ts';
import { writeCounter } from '../../packages/server/src/stages/contain/limits/store.ts';
import { emptyCounter } from '../../packages/server/src/stages/contain/limits/window.ts';
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

  it('admit as many sub-agents as they say, and not one more', async () => {
    await open('limits: { agents: 2 per 1h }');
    const as = async (agentId: string) => word(await node.call('look', {}, { claims: { agentId } }));
    expect([await as('a'), await as('b'), await as('a')]).toEqual(['result', 'result', 'result']);
    // The one that the person talks to is none.
    expect(word(await node.call('look'))).toBe('result');
    expect(await as('c')).toBe('limit_reached');
    expect(reached()).toBe(4);
  });

  it('count the bytes of results once they are known, and trip after them', async () => {
    await open('limits: { bytes: 150 per 1h }');
    node.upstream.answers.set('look', { text: 'x'.repeat(100) });
    let ran = 0;
    while (word(await node.call('look', { ran })) === 'result') expect(++ran).toBeLessThan(4);
    expect(ran).toBeGreaterThan(0);
    expect(await node.limits.trips({ state: 'open' })).toMatchObject([{ measure: 'bytes', max: 150 }]);
  });

  it('count people before a person is asked to send, and refuse a send whose people nobody can count', async () => {
    const mail = '  mail: { effect: send, reach: size(args.to), destination: "args.to[0]" }';
    await open('limits: { people: 3 per 1h, sends: 2 per 1h }', '', mail);
    const to = (many: number, at: number) => ({ to: Array.from({ length: many }, (_, i) => `p${at}-${i}@corp.example`) });
    expect(word(await node.call('mail', to(3, 0)))).toBe('held');
    expect(says(await node.call('mail', to(4, 1)))).toContain('3');
    expect(word(await node.call('mail', to(4, 2)))).toBe('limit_reached');
    expect(reached()).toBe(0);
  });

  it('re-arm by themselves when the rule says so, with their stop', async () => {
    at = await fresh();
    let nowMs = Date.now();
    node = await openLimited(at.address, limited('limits: { actions: { max: 1 per 1m, rearm: 2m } }'), () => nowMs);
    expect([word(await node.call('look', { n: 1 })), word(await node.call('look', { n: 2 }))]).toEqual(['result', 'limit_reached']);
    // Linked to its trip too: a minute later, one that is not would count as left out by a crash.
    await expect.poll(async () => (await node.limits.trips({ state: 'open' }))[0]?.stop).toBeDefined();
    nowMs += 60_000;
    await node.limits.tend();
    expect(await node.limits.trips({ state: 'open' })).toHaveLength(1);
    nowMs += 61_000;
    await node.limits.tend();
    await node.stops.lapse();
    expect(await node.limits.trips({ state: 'open' })).toEqual([]);
    expect(node.stops.current().stops).toEqual([]);
    expect(word(await node.call('look', { n: 3 }))).toBe('result');
    const actions = (await entriesOf(at)).map(({ action }) => action).filter((action) => /^(limit|stop)\./.test(String(action)));
    expect(actions).toEqual(['limit.tripped', 'stop.engaged', 'limit.rearmed', 'stop.lapsed']);
  });

  it('forget counters that are long over', async () => {
    at = await fresh();
    let nowMs = Date.now();
    const policy = limited('limits: { actions: { max: 5 per 1m } }');
    node = await openLimited(at.address, policy, () => nowMs);
    expect(word(await node.call('look', { n: 1 }))).toBe('result');
    await node.limits.tend();
    const counters = async () => await at.database.read.selectFrom('limit_counters').select('key').execute();
    expect(await counters()).not.toEqual([]);
    // However many came in a day, none waits for the next hour.
    const [rule] = policy.limits?.byPlugin.get('sales') ?? [];
    if (!rule) throw new Error('no limit');
    const steps = async (tx: Tx) => {
      for (let n = 0; n < 1_200; n++) {
        const charge = { rule, key: `k${n}`, scope: `k${n}`, who: 'ann', units: 1, windowMs: rule.windowMs };
        await writeCounter(tx, charge, emptyCounter, nowMs);
      }
      return { ok: true } as const;
    };
    await node.recorder.commit({ entries: [], steps });
    nowMs += 86_400_000;
    await node.limits.tend();
    expect((await counters()).length).toBeGreaterThan(1_200);
    nowMs += 2 * 86_400_000;
    for (let n = 0; n < 3; n++) await node.limits.tend();
    expect(await counters()).toEqual([]);
  });

  it('in observe mode refuse nothing, trip nothing, and say what they would have done', async () => {
    await open('limits: { actions: { max: 1 per 1h, mode: observe } }');
    for (let n = 0; n < 3; n++) expect(word(await node.call('look', { n }))).toBe('result');
    expect(await node.limits.trips({ state: 'all' })).toEqual([]);
    const would = (await entriesOf(at)).filter(({ kind }) => kind === 'decided').map((entry) => entry.would);
    expect(would.at(-1)).toMatchObject([{ verdict: 'deny', code: 'limit_reached', mode: 'observe' }]);
  });
});
