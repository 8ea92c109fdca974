import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import type { Handled } from '../../packages/server/src/kernel/handle.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { entriesOf, proven, startMs } from './desk.ts';
import { deletion, type Node, openNode } from './node.ts';

describe.each(databases)('resuming held calls on two nodes on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let one: Node;
  let two: Node;
  let nowMs: number;
  const clock = () => nowMs;
  beforeEach(async () => {
    nowMs = startMs;
    at = await fresh();
    one = await openNode(at.address, clock);
    two = await openNode(at.address, clock);
  });
  afterEach(async () => {
    await one.close();
    await two.close();
    await at.drop();
  });

  const held = async (node: Node, call: Call = deletion(nowMs)): Promise<string> => {
    const handled = await node.handle(call);
    if (handled.kind !== 'held') throw new Error(JSON.stringify(handled));
    return handled.ticket.id;
  };
  const approve = (ticket: string) => one.approvals.approve({ ticket, by: proven('k.lind@corp.example', ['approver'], nowMs), via: 'cli' });
  const deleted = () => [...one.upstream.reached, ...two.upstream.reached].filter(({ params }) => params['name'] === 'delete_contact');
  const codeOf = (handled: Handled) => (handled.kind === 'refused' ? handled.ruling.code : handled.kind);

  it('executes once of 64 at the same moment; the others are refused or asked about anew', async () => {
    await approve(await held(one));
    await two.tickets.refresh();
    const all = await Promise.all(
      Array.from({ length: 64 }, (_, i) => (i % 2 ? one : two).handle({ ...deletion(nowMs), id: newCallId(nowMs) })),
    );
    expect(deleted()).toHaveLength(1);
    expect(all.filter(({ kind }) => kind === 'result')).toHaveLength(1);
    for (const handled of all) expect(['result', 'ticket_used', 'held']).toContain(codeOf(handled));
    const entries = await entriesOf(one);
    const executed = entries.filter(({ kind }) => kind === 'executed');
    expect(executed).toMatchObject([{ code: 'approved', attempt: 1, outcome: 'done' }]);
    const ofTheCall = entries.filter(({ call, attempt }) => call === executed[0]?.['call'] && attempt === 1);
    expect(ofTheCall.map(({ kind }) => kind)).toEqual(['requested', 'decided', 'executed']);
  });

  it('sees a decision that was made elsewhere, though nobody told it', async () => {
    await approve(await held(one));
    expect((await two.handle(deletion(nowMs))).kind).toBe('result');
    expect(deleted()).toHaveLength(1);
    const id = await held(one, deletion(nowMs, '6'));
    await one.approvals.refuse({ ticket: id, by: proven('k.lind@corp.example'), via: 'cli', reason: 'no' });
    // Its run began on the other node, so here it is another run, which may ask again.
    expect(codeOf(await two.handle(deletion(nowMs, '6')))).toBe('held');
    expect(codeOf(await one.handle(deletion(nowMs, '6')))).toBe('held');
    expect(deleted()).toHaveLength(1);
  });

  it('is refused by a stop engaged elsewhere between decision and dispatch, though nobody told it', async () => {
    await approve(await held(one));
    await two.stops.engage({ scope: { kind: 'everything' }, mode: 'full', by: { person: 'op', assurance: 'claimed' }, reason: 'drill' });
    expect(one.stops.current().stops).toEqual([]);
    expect(codeOf(await one.handle(deletion(nowMs)))).toBe('stopped');
    expect(deleted()).toEqual([]);
    const [stop] = two.stops.current().stops;
    await two.stops.release({ stop: stop?.id ?? '', by: proven('boss', ['administrator']), reason: 'over' });
    // Stops are found out by everybody, releases only by who looks. The stop cost no approval: the ticket still runs, once.
    expect(codeOf(await one.handle(deletion(nowMs)))).toBe('stopped');
    await one.stops.refresh();
    expect((await one.handle(deletion(nowMs))).kind).toBe('result');
    expect(deleted()).toHaveLength(1);
  });

  it('is not run again after a crash', async () => {
    const id = await held(one);
    await approve(id);
    one.upstream.answers.set('delete_contact', 'lost');
    expect(codeOf(await one.handle(deletion(nowMs)))).toBe('upstream_failed');
    expect((await one.approvals.list({ state: 'unknown' })).map((ticket) => ticket.id)).toEqual([id]);
    expect(codeOf(await one.handle(deletion(nowMs)))).toBe('held');
    expect(deleted()).toHaveLength(1);
  });

  it('writes a run once, with its first verdict', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, i) => one.handle(deletion(nowMs, String(i)))));
    nowMs += 60_000;
    await one.handle(deletion(nowMs, '9'));
    const rows = await one.database.read.selectFrom('runs').selectAll().execute();
    expect(rows).toMatchObject([
      { person: 'j.rivera@corp.example', plugin: 'sales', version: '2.1.0', profile: null, started_at_ms: startMs },
    ]);
    const runs = new Set((await entriesOf(one)).filter(({ kind }) => kind === 'decided').map(({ run }) => run));
    expect([...runs]).toEqual([rows[0]?.id]);
  });
});
