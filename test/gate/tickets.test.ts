import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Committed } from '../../packages/server/src/kernel/recorder.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { callOf, type Desk, entriesOf, heldId, hold, hourMs, openDesk, proven, startMs } from './desk.ts';

describe.each(databases)('tickets on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let nowMs: number;
  let one: Desk;
  let two: Desk;
  const clock = () => nowMs;
  beforeEach(async () => {
    nowMs = startMs;
    at = await fresh();
    one = await openDesk(at, { clock });
    two = await openDesk(at, { clock });
  });
  afterEach(async () => {
    await one.close();
    await two.close();
    await at.drop();
  });

  const approve = (ticket: string) => one.approvals.approve({ ticket, by: proven('max@corp.example'), via: 'cli' });
  const consume = (desk: Desk, id: string): Promise<Committed> =>
    desk.recorder.commit({ entries: [], steps: (tx) => desk.tickets.consume(tx, id) });
  const finish = (desk: Desk, id: string, outcome: 'done' | 'unknown' | 'withheld') =>
    desk.recorder.commit({ entries: [], steps: (tx) => desk.tickets.finish(tx, id, outcome) });
  const stateOf = async (id: string) => (await one.approvals.list({ state: 'all' })).find((ticket) => ticket.id === id)?.state;

  it('runs once, however many resume it at once on two nodes', async () => {
    const id = await heldId(one, callOf(nowMs));
    await approve(id);
    const results = await Promise.all(Array.from({ length: 64 }, (_, i) => consume(i % 2 === 0 ? one : two, id)));
    expect(results.filter(({ status }) => status === 'committed')).toHaveLength(1);
    const lost = results.filter((result) => result.status === 'conflict');
    expect(lost).toHaveLength(63);
    expect(lost[0]).toMatchObject({ conflict: `ticket ${id} is executing` });
    await finish(one, id, 'done');
    expect(await stateOf(id)).toBe('done');
    expect((await consume(two, id)).status).toBe('conflict');
  });

  it('is one ticket for the same call, also when two nodes open it at once', async () => {
    const opened = await Promise.all(Array.from({ length: 16 }, (_, i) => hold(i % 2 === 0 ? one : two, callOf(nowMs))));
    const ids = new Set(opened.map((result) => ('moved' in result ? 'moved' : result.ticket.id)));
    expect(ids.size).toBe(1);
    expect(opened.filter((result) => !('moved' in result) && !result.existing)).toHaveLength(1);
    expect(await one.approvals.list({ state: 'open' })).toHaveLength(1);
  });

  it('is another ticket for another person, release, tool or argument, and the same for reordered arguments', async () => {
    const first = await heldId(one, callOf(nowMs));
    expect(await heldId(one, callOf(nowMs, { args: { subject: 'Hello', list: 'spring' } }))).toBe(first);
    const { credential, endpoint } = callOf(nowMs);
    const others = [
      callOf(nowMs, { args: { list: 'spring', subject: 'Hello!' } }),
      callOf(nowMs, { extra: { requestState: 'x' } }),
      callOf(nowMs, { name: 'delete_campaign' }),
      callOf(nowMs, { endpoint: { ...endpoint, version: '2.2.0' } }),
      callOf(nowMs, { credential: { ...credential, person: 'joe@corp.example' } }),
    ];
    const ids = new Set([first]);
    for (const call of others) ids.add(await heldId(one, call));
    expect(ids.size).toBe(6);
  });

  it('is found by the node that opened it, and by another once that has looked', async () => {
    const call = callOf(nowMs);
    expect(await one.tickets.find(call)).toBeUndefined();
    const id = await heldId(one, call);
    expect(await one.tickets.find(callOf(nowMs))).toMatchObject({ id, state: 'held', asked: ['group:managers'], bound: { reach: 12 } });
    expect(await two.tickets.find(callOf(nowMs))).toBeUndefined();
    await two.tickets.refresh();
    expect(await two.tickets.find(callOf(nowMs))).toMatchObject({ id });
    expect(await two.tickets.find(callOf(nowMs, { args: { list: 'autumn' } }))).toBeUndefined();
    expect(JSON.stringify(await two.tickets.find(callOf(nowMs)))).not.toContain('spring');
  });

  it('is not opened again over a decision that this node had not seen', async () => {
    const id = await heldId(one, callOf(nowMs));
    await one.approvals.refuse({ ticket: id, by: proven('max@corp.example'), via: 'cli', reason: 'no' });
    expect(await hold(two, callOf(nowMs))).toEqual({ moved: `ticket ${id} is refused` });
    expect(await two.tickets.find(callOf(nowMs))).toMatchObject({ id, state: 'refused', decidedReason: 'no' });
  });

  it('is replaced when what would run moved, so that nobody approves what was', async () => {
    const id = await heldId(one, callOf(nowMs));
    const view = await one.tickets.find(callOf(nowMs));
    const next = await heldId(one, callOf(nowMs, { ticket: view }), { reach: 13 });
    expect(next).not.toBe(id);
    expect(await stateOf(id)).toBe('withdrawn');
    await expect(approve(id)).rejects.toThrow(`Ticket ${id} is withdrawn and cannot be decided again`);
    expect(await one.tickets.find(callOf(nowMs))).toMatchObject({ id: next, bound: { reach: 13 } });
    expect((await entriesOf(one)).filter((entry) => entry['kind'] === 'withdrawn')).toMatchObject([{ ticket: id }]);
  });

  it('ends when its time is over, with an entry, and that is never a yes', async () => {
    const held = await heldId(one, callOf(nowMs));
    const approved = await heldId(one, callOf(nowMs, { args: { list: 'autumn' } }));
    await approve(approved);
    nowMs += hourMs;
    expect(await one.tickets.find(callOf(nowMs))).toMatchObject({ state: 'expired' });
    await expect(approve(held)).rejects.toThrow(`Ticket ${held} is expired at 2026-06-06T13:00:00.000Z and cannot be decided again`);
    expect(await one.approvals.list({ state: 'open' })).toEqual([]);
    expect(await one.approvals.list({ state: 'expired' })).toHaveLength(2);
    expect(await two.tickets.expireOverdue()).toBe(2);
    expect(await one.tickets.expireOverdue()).toBe(0);
    expect(await stateOf(held)).toBe('expired');
    expect((await consume(one, approved)).status).toBe('conflict');
    expect((await entriesOf(one)).filter((entry) => entry['kind'] === 'expired').map((entry) => entry['ticket'])).toEqual(
      expect.arrayContaining([held, approved]),
    );
    nowMs += 25 * hourMs;
    expect(await one.tickets.find(callOf(nowMs))).toBeUndefined();
  });

  it('left executing by a crash becomes unknown once, is not run again, and takes a late answer', async () => {
    const id = await heldId(one, callOf(nowMs));
    await approve(id);
    await consume(one, id);
    nowMs += 1_000;
    expect(await two.tickets.closeAbandoned(60_000)).toEqual([]);
    expect(await two.tickets.closeAbandoned(0)).toEqual([id]);
    expect(await two.tickets.closeAbandoned(0)).toEqual([]);
    expect(await stateOf(id)).toBe('unknown');
    expect((await consume(one, id)).status).toBe('conflict');
    expect((await entriesOf(one)).filter((entry) => entry['kind'] === 'closed')).toMatchObject([{ ticket: id, outcome: 'unknown' }]);
    expect((await finish(one, id, 'withheld')).status).toBe('committed');
    expect(await stateOf(id)).toBe('done');
  });

  it('is remembered after a restart', async () => {
    const id = await heldId(one, callOf(nowMs));
    const three = await openDesk(at, { clock });
    expect(await three.tickets.find(callOf(nowMs))).toMatchObject({ id });
    await three.close();
  });

  it('wakes whoever waits for it when it is decided elsewhere, and nobody when it is not', async () => {
    const id = await heldId(one, callOf(nowMs));
    const unwatch = one.database.watch(() => void one.tickets.refresh());
    const waiting = one.tickets.wait(id, 30_000, new AbortController().signal);
    await two.approvals.approve({ ticket: id, by: proven('max@corp.example'), via: 'cli' });
    expect(await waiting).toBe(true);
    const other = await heldId(one, callOf(nowMs, { args: {} }));
    expect(await one.tickets.wait(other, 1, new AbortController().signal)).toBe(false);
    expect(await one.tickets.wait(other, 30_000, AbortSignal.abort())).toBe(false);
    unwatch();
  });
});
