import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nudgeBatches } from '../../packages/server/src/stages/gate/batches/proposal/nudging.ts';
import { tendBatches } from '../../packages/server/src/stages/gate/batches/proposal/worker.ts';
import type { SalesBook } from '../support/batch-policy.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { until } from '../support/e2e.ts';
import { ann, bob, boss, dave } from '../support/e2e-policy.ts';
import { openShelf, type Shelf, shown, type Wish, whose, wishesOf } from './shelf.ts';

const leads = 'approvals: { approvers: ["group:leads", ann@corp.example], needs: 1, expires: 1h }';
const book: SalesBook = { stage: '{ over: 0 per run, sample: 3 }', setTier: [leads] };
const far: SalesBook = {
  stage: '{ over: 0 per run, sample: 2 }',
  setTier: ['approvals: { approvers: ["group:leads"], needs: 1, expires: 1h, above: [{ reach: 20, needs: 2 }] }'],
};
const owner = 'm.osei@corp.example';
const owned: SalesBook = { ...book, more: `---\ndirectory:\n  - { person: ${owner}, groups: [leads] }\n` };
const twoOfThem = 'approvals: { approvers: ["group:leads"], needs: 2, expires: 1h }';
const big: SalesBook = { stage: '{ over: 0 per run, sample: 2, ticket_over: 5 }', setTier: [twoOfThem] };

describe.each(databases)('marking a sample on $name', ({ name, fresh: open }) => {
  /** What no database can make different is shown on one. */
  const once = it.skipIf(name === 'postgres');
  let fresh: FreshDatabase;
  let shelf: Shelf;
  beforeEach(async () => {
    fresh = await open();
  });
  afterEach(async () => {
    await shelf.close();
    await fresh.drop();
  });
  const proposed = async (changes: number, from = 0): Promise<string> => {
    const batch = await shelf.stage(wishesOf(changes, from));
    await shelf.agents.submit(batch, whose, 'agent');
    return batch;
  };
  const sampleOf = async (batch: string) =>
    (await shelf.desk.changes(batch, { which: 'sample', after: 0, max: 100 }, { person: dave, assurance: 'proved' })).map(({ n }) => n);
  const by = (person: string, roles?: readonly string[]) => ({ by: shown(shelf, person, roles), via: 'test' });
  const mark = (batch: string, n: number, as: 'right' | 'wrong', person = dave, note = as === 'wrong' ? 'it is a B' : '') =>
    shelf.desk.mark({ batch, n, mark: as, note, ...by(person) });

  once('is for those whom the rule asks, with a role, and never for who asked for it, by whatever name', async () => {
    shelf = await openShelf(fresh, {
      ...book,
      more: '---\ndirectory:\n  - { person: eve@corp.example, groups: [leads], aliases: [eve2@corp.example] }\n',
    });
    const batch = await shelf.stage(wishesOf(9).map((wish) => ({ ...wish, person: 'eve@corp.example' })));
    await shelf.agents.submit(batch, { ...whose, person: 'eve@corp.example' }, 'agent');
    const [first = 0] = await sampleOf(batch);
    await expect(mark(batch, first, 'right', 'EVE2@corp.example')).rejects.toThrow('eve@corp.example asked for batch');
    await expect(mark(batch, first, 'right', bob)).rejects.toThrow('bob@corp.example is not among them');
    await expect(shelf.desk.mark({ batch, n: first, mark: 'right', note: '', ...by(dave, ['operator']) })).rejects.toThrow(
      'not enrolled as an approver',
    );
    expect(await shelf.desk.eligible(batch, shown(shelf, 'eve2@corp.example'))).toMatchObject({ may: false });
    expect(await shelf.desk.eligible(batch, shown(shelf, dave))).toEqual({ may: true });
    expect(await mark(batch, first, 'right')).toMatchObject({ state: 'proposed', marked: 1 });
  });

  it('makes a batch ready once each drawn change is right, and says exactly what that rules out', async () => {
    shelf = await openShelf(fresh, { ...book, stage: '{ over: 0 per run, sample: 10 }' });
    const batch = await proposed(500);
    const sample = await sampleOf(batch);
    expect(sample).toHaveLength(10);
    for (const n of sample.slice(0, 9)) expect(await mark(batch, n, 'right')).toMatchObject({ state: 'proposed' });
    const before = await shelf.desk.show(batch, shown(shelf, dave));
    expect([before.statement, before.waits_for]).toEqual([null, '1 of 10 drawn changes to be marked']);
    expect(await mark(batch, sample[9] ?? 0, 'right')).toMatchObject({ state: 'ready', marked: 10, wrong: 0 });
    const { statement } = await shelf.desk.show(batch, shown(shelf, dave));
    expect(statement).toMatchObject({ size: 500, sampled: 10, wrong: 0, ruled_out: 129, confidence: 0.95 });
    expect(statement?.says).toContain('129 (25.8 %) or more');
    expect(statement?.needed.map(({ share, sample: needed }) => [share, needed])).toEqual([
      [0.05, 56],
      [0.01, 225],
    ]);
    expect(shelf.entries.filter(({ subject }) => subject === batch).map(({ action }) => action)).toContain('batch.ready');
    expect(shelf.told.map(({ event }) => event)).toEqual(['batch.proposed', 'batch.ready']);
  });

  it('counts a mark once, of two people at the same moment', async () => {
    shelf = await openShelf(fresh, book);
    const batch = await proposed(9);
    const [first = 0, second = 0, third = 0] = await sampleOf(batch);
    const both = await Promise.allSettled([mark(batch, first, 'right', dave), mark(batch, first, 'wrong', boss)]);
    const done = both.filter(({ status }) => status === 'fulfilled');
    expect(done).toHaveLength(1);
    const lost = both.find((one) => one.status === 'rejected');
    expect(String(lost?.reason)).toMatch(/was marked (by somebody else a moment ago|(right|wrong) by)/);
    const others = await Promise.allSettled([mark(batch, second, 'right', dave), mark(batch, third, 'right', boss)]);
    expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    const after = await shelf.desk.find(batch);
    expect(after?.marked).toBe(3);
    expect(after?.state).toBe(after?.wrong === 1 ? 'returned' : 'ready');
    await expect(mark(batch, second, 'wrong', boss)).rejects.toThrow(/was marked right by dave@corp.example already|cannot be marked/);
  });

  once('refuses marks that are none, in words', async () => {
    shelf = await openShelf(fresh, book);
    const batch = await proposed(4);
    const [first = 0] = await sampleOf(batch);
    await expect(mark(batch, first, 'wrong', dave, '  ')).rejects.toThrow('Say what is wrong with it');
    await expect(mark(batch, 99, 'right')).rejects.toThrow(`Batch ${batch} has no change 99`);
    await expect(mark('B-0000000000', 1, 'right')).rejects.toThrow('B-0000000000 has no change 1');
    await expect(mark("B-' or 1=1", 1, 'right')).rejects.toThrow('There is no batch');
    const open = await shelf.stage(wishesOf(1, 50));
    await expect(mark(open, 1, 'right')).rejects.toThrow('is open and cannot be marked');
  });

  it('returns the whole for one that is wrong, shows what was wrong again, and draws more', async () => {
    shelf = await openShelf(fresh, book);
    const batch = await proposed(30);
    const [first = 0, second = 0] = await sampleOf(batch);
    expect(await mark(batch, first, 'wrong')).toMatchObject({ state: 'returned', wrong: 1 });
    expect(await mark(batch, second, 'wrong', boss, 'and so is this')).toMatchObject({ state: 'returned', wrong: 2 });
    const told = await shelf.agents.find(batch, whose);
    expect(told?.notes.toSorted((a, b) => a.note.localeCompare(b.note)).map(({ note }) => note)).toEqual(['and so is this', 'it is a B']);
    expect(shelf.told.at(-1)).toMatchObject({ event: 'batch.returned', quote: 'it is a B', by: dave, to: ['approvals', 'owners'] });
    // A small clean one in between does not make the next a first one again.
    const small = await proposed(1, 100);
    expect(await shelf.desk.find(small)).toMatchObject({ attempt: 2, replaces: batch });
    for (const n of await sampleOf(small)) await mark(small, n, 'right');
    const again = await proposed(30);
    expect(await shelf.desk.find(again)).toMatchObject({ attempt: 2, replaces: batch, inspection: 'tightened', sample: 6 });
    const sample = new Set(await sampleOf(again));
    const extra = await shelf.desk.changes(again, { which: 'extra', after: 0, max: 50 }, { person: dave, assurance: 'proved' });
    const owed = extra.filter(({ shown_because }) => shown_because === 'wrong_before').map(({ n }) => n);
    // By number, for the wishes are the same and in the same order.
    expect([...owed, ...[first, second].filter((n) => sample.has(n))].toSorted((a, b) => a - b)).toEqual(
      [first, second].toSorted((a, b) => a - b),
    );
    for (const n of sample) await mark(again, n, 'right');
    if (owed.length > 0) expect(await shelf.desk.find(again)).toMatchObject({ state: 'proposed', marked: 6 });
    for (const n of owed) await mark(again, n, 'right');
    expect(await shelf.desk.find(again)).toMatchObject({ state: 'ready', wrong: 0 });
  });

  once('lets a person decide what was returned: refuse it, or approve it all the same, with a reason and a fresh proof', async () => {
    shelf = await openShelf(fresh, book);
    const batch = await proposed(9);
    const [first = 0] = await sampleOf(batch);
    await expect(shelf.desk.approve({ batch, reason: 'all of it', ...by(dave) })).rejects.toThrow('needs no approval as a whole');
    await mark(batch, first, 'wrong');
    await expect(shelf.desk.approve({ batch, reason: '', ...by(dave) })).rejects.toThrow('needs a reason');
    const stale = { person: dave, roles: ['approver'], freshAtMs: shelf.clock.atMs - 6 * 60_000 };
    await expect(shelf.desk.approve({ batch, reason: 'known', by: stale, via: 'test' })).rejects.toThrow('within the last 5 minutes');
    const seen = { state: 'returned', wrong: 1 } as const;
    await mark(batch, (await sampleOf(batch))[1] ?? 0, 'wrong');
    await expect(shelf.desk.approve({ batch, reason: 'known', seen, ...by(boss) })).rejects.toThrow(
      'somebody marked or decided it meanwhile',
    );
    expect(await shelf.desk.approve({ batch, reason: 'known and wanted', seen: { ...seen, wrong: 2 }, ...by(boss) })).toMatchObject({
      state: 'ready',
      reason: 'known and wanted',
      wrong: 2,
    });
    expect(shelf.entries.at(-1)).toMatchObject({ action: 'batch.approved', reason: 'known and wanted' });
    expect(await shelf.desk.refuse({ batch, reason: 'after all not', ...by(dave) })).toMatchObject({
      state: 'refused',
      reason: 'after all not',
    });
    expect(await shelf.agents.find(batch, whose)).toMatchObject({ state: 'refused', reason: 'after all not', ends: { dropped: 9 } });
    await expect(shelf.desk.refuse({ batch, reason: 'again', ...by(dave) })).rejects.toThrow('is refused and cannot be refused');
  });

  once('lets nobody approve what its agent took back', async () => {
    shelf = await openShelf(fresh, book);
    const batch = await proposed(9);
    await shelf.agents.withdraw(batch, whose, 'agent');
    await expect(shelf.desk.approve({ batch, reason: 'I want it', ...by(dave) })).rejects.toThrow('it can only be refused');
    expect(await shelf.desk.refuse({ batch, reason: 'as it wishes', ...by(dave) })).toMatchObject({
      state: 'refused',
      reason: 'taken back by its agent after its sample was drawn; refused: as it wishes',
    });
    // Refusing it makes the next one no first submission.
    const again = await proposed(9, 50);
    expect(await shelf.desk.find(again)).toMatchObject({ attempt: 2, replaces: batch, inspection: 'tightened', sample: 6 });
  });

  it('asks for approvals of the whole besides the sample where it is large: two, by two people', async () => {
    shelf = await openShelf(fresh, big);
    const batch = await proposed(9);
    expect(await shelf.desk.find(batch)).toMatchObject({ needs: 2, tier: 'medium' });
    for (const n of await sampleOf(batch)) await mark(batch, n, 'right');
    expect(await shelf.desk.find(batch)).toMatchObject({ state: 'proposed', marked: 2 });
    const [one, twice] = await Promise.allSettled([
      shelf.desk.approve({ batch, reason: '', ...by(dave) }),
      shelf.desk.approve({ batch, reason: '', ...by(dave) }),
    ]);
    expect([one.status, twice.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await shelf.desk.show(batch, shown(shelf, boss))).waits_for).toContain('1 of 2');
    expect(await shelf.desk.approve({ batch, reason: '', ...by(boss) })).toMatchObject({
      state: 'ready',
      approvals: [{ person: dave }, { person: boss }],
    });
    // Before the sample is marked, approvals alone are not enough.
    const other = await proposed(9, 100);
    await shelf.desk.approve({ batch: other, reason: '', ...by(dave) });
    expect(await shelf.desk.approve({ batch: other, reason: '', ...by(boss) })).toMatchObject({ state: 'proposed' });
    for (const n of await sampleOf(other)) await mark(other, n, 'right');
    expect(await shelf.desk.find(other)).toMatchObject({ state: 'ready' });
  });

  it('asks for two approvals of the whole where it reaches past a step, in one change, in all of them, or nobody knows how far', async () => {
    shelf = await openShelf(fresh, far);
    const near = await proposed(20);
    expect(await shelf.desk.find(near)).toMatchObject({ reach: 20, needs: 0 });
    for (const n of await sampleOf(near)) await mark(near, n, 'right');
    expect(await shelf.desk.find(near)).toMatchObject({ state: 'ready' });
    const [one, ...rest] = wishesOf(3, 100) as [Wish, ...Wish[]];
    for (const wishes of [wishesOf(21, 200), [{ ...one, reach: 5_000 }, ...rest], [{ ...one, reach: null }, ...rest]]) {
      const batch = await shelf.stage(wishes);
      await shelf.agents.submit(batch, whose, 'agent');
      expect(await shelf.desk.find(batch)).toMatchObject({ needs: 2, tier: 'medium', lasting: false });
      for (const n of await sampleOf(batch)) await mark(batch, n, 'right');
      expect(await shelf.desk.approve({ batch, reason: '', ...by(dave) })).toMatchObject({ state: 'proposed' });
      expect(await shelf.desk.approve({ batch, reason: '', ...by(boss) })).toMatchObject({ state: 'ready' });
    }
  });

  once('still asks for an approval where a change was staged as asking for one and no step is left in policy', async () => {
    shelf = await openShelf(fresh, far);
    const batch = await shelf.stage(wishesOf(2).map((wish) => ({ ...wish, reach: 21 })));
    shelf.publish({ stage: '{ over: 0 per run, sample: 2 }' });
    await shelf.agents.submit(batch, whose, 'agent');
    expect(await shelf.desk.find(batch)).toMatchObject({ needs: 2 });
  });

  it('is not decided by the owner of its plugin or the author of the policy alone: another marks or approves too', async () => {
    shelf = await openShelf(fresh, owned);
    shelf.publish(owned, boss);
    for (const [from, person, why] of [
      [0, owner, 'owns the plugin sales-outreach'],
      [100, boss, 'made the last change of policy'],
    ] as const) {
      const batch = await proposed(9, from);
      await expect(shelf.desk.approve({ batch, reason: '', ...by(dave) })).rejects.toThrow('needs no approval as a whole');
      for (const n of await sampleOf(batch)) await mark(batch, n, 'right', person);
      expect(await shelf.desk.find(batch)).toMatchObject({ state: 'proposed', marked: 3, needs: 0 });
      expect((await shelf.desk.show(batch, shown(shelf, dave))).waits_for).toContain(`${person} ${why}`);
      await expect(shelf.desk.approve({ batch, reason: '', ...by(person) })).rejects.toThrow('each person counts once');
      expect(await shelf.desk.approve({ batch, reason: '', ...by(dave) })).toMatchObject({ state: 'ready' });
    }
    const shared = await proposed(9, 200);
    const [first = 0, ...others] = await sampleOf(shared);
    await mark(shared, first, 'right', dave);
    for (const n of others) await mark(shared, n, 'right', owner);
    expect(await shelf.desk.find(shared)).toMatchObject({ state: 'ready' });
  });

  once('asks for an approval of the whole, on a fresh proof, where it cannot be taken back', async () => {
    shelf = await openShelf(fresh, book);
    const batch = await shelf.stage(wishesOf(4), 'delete_account');
    await shelf.agents.submit(batch, whose, 'agent');
    expect(await shelf.desk.find(batch)).toMatchObject({ lasting: true, tier: 'high', needs: 1, sample: 4 });
    for (const n of await sampleOf(batch)) await mark(batch, n, 'right');
    expect(await shelf.desk.find(batch)).toMatchObject({ state: 'proposed', marked: 4 });
    const stale = { person: dave, roles: ['approver'], freshAtMs: shelf.clock.atMs - 6 * 60_000 };
    await expect(shelf.desk.approve({ batch, reason: '', by: stale, via: 'test' })).rejects.toThrow('what it does cannot be taken back');
    expect(await shelf.desk.approve({ batch, reason: '', ...by(dave) })).toMatchObject({ state: 'ready' });
  });

  once('draws tightened for a workflow of which two of five batches were wrong, and follows the policy of now', async () => {
    shelf = await openShelf(fresh, book);
    for (const round of [1, 2]) {
      const batch = await shelf.stage(wishesOf(5, round * 10).map((wish) => ({ ...wish, person: round === 1 ? ann : bob })));
      await shelf.agents.submit(batch, { ...whose, person: round === 1 ? ann : bob }, 'agent');
      await mark(batch, (await sampleOf(batch))[0] ?? 0, 'wrong', boss);
    }
    const third = await shelf.stage(wishesOf(40, 100).map((wish) => ({ ...wish, person: 'eve@corp.example' })));
    await shelf.agents.submit(third, { ...whose, person: 'eve@corp.example' }, 'agent');
    expect(await shelf.desk.find(third)).toMatchObject({ attempt: 1, inspection: 'tightened', sample: 6 });
    shelf.publish({ ...book, setTier: ['approvals: { approvers: [boss@corp.example], needs: 1, expires: 1h }'] });
    await expect(mark(third, (await sampleOf(third))[0] ?? 0, 'right', dave)).rejects.toThrow('asks boss@corp.example');
  });

  it('reminds whom it asks, once, when half the time is over in which a ticket would be decided', async () => {
    shelf = await openShelf(fresh, book);
    const batch = await proposed(4);
    const raised: string[] = [];
    const raise = async (_: unknown, { kind, scope }: { readonly kind: string; readonly scope: string }) => void raised.push(kind, scope);
    const end = tendBatches({ ...shelf.parts, raise, everyMs: 5 });
    try {
      const other = await proposed(4, 100);
      shelf.clock.atMs += 29 * 60_000;
      const [first = 0, ...rest] = await sampleOf(other);
      for (const n of [first, ...rest]) await mark(other, n, 'right');
      expect(shelf.told.filter(({ event }) => event === 'batch.reminder')).toEqual([]);
      shelf.clock.atMs += 60_000;
      await until('it reminds', () => shelf.told.some(({ event }) => event === 'batch.reminder'));
      shelf.clock.atMs += 28 * 60_000;
    } finally {
      await end();
    }
    expect(await nudgeBatches(shelf.parts)).toBe(0);
    const reminders = shelf.told.filter(({ event }) => event === 'batch.reminder');
    expect(reminders).toMatchObject([{ id: batch, to: ['approvals'], asked: { names: ['group:leads', ann] } }]);
    expect(raised).toEqual(['batch_waits', `batch:${batch}`]);
    expect(shelf.entries.filter(({ action }) => action === 'batch.reminder').map(({ subject }) => subject)).toEqual([batch]);
  });

  it('asks further people where nobody decided in time, and takes their word', async () => {
    const escalating =
      'approvals: { approvers: [boss@corp.example], needs: 1, expires: 1h, escalate: { after: 40m, to: [dave@corp.example] } }';
    shelf = await openShelf(fresh, { ...book, setTier: [escalating] });
    const batch = await proposed(4);
    const [first = 0] = await sampleOf(batch);
    await expect(mark(batch, first, 'right', dave)).rejects.toThrow('dave@corp.example is not among them');
    shelf.clock.atMs += 39 * 60_000;
    expect(await nudgeBatches(shelf.parts)).toBe(1);
    expect(shelf.told.map(({ event }) => event)).not.toContain('batch.escalated');
    shelf.clock.atMs += 60_000;
    expect(await nudgeBatches(shelf.parts)).toBe(1);
    expect(await nudgeBatches(shelf.parts)).toBe(0);
    const escalated = shelf.told.filter(({ event }) => event === 'batch.escalated');
    expect(escalated).toMatchObject([{ id: batch, to: ['approvals', 'owners'], asked: { names: [boss, dave] } }]);
    expect(shelf.entries.find(({ action }) => action === 'batch.escalated')).toMatchObject({ subject: batch, detail: `also asks ${dave}` });
    await mark(batch, first, 'right', dave);
    expect(await shelf.desk.find(batch)).toMatchObject({ asked: [boss, dave], marked: 1 });
    // Whom it asks is the running policy's to say.
    shelf.publish({ ...book, setTier: [escalating.replace(', escalate: { after: 40m, to: [dave@corp.example] }', '')] });
    expect(await shelf.desk.find(batch)).toMatchObject({ asked: [boss] });
    await expect(mark(batch, (await sampleOf(batch))[1] ?? 0, 'right', dave)).rejects.toThrow('dave@corp.example is not among them');
  });
});
