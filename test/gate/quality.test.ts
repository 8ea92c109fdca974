import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import type { Quality } from '../../packages/server/src/kernel/quality.ts';
import { openQuality } from '../../packages/server/src/stages/gate/quality/act.ts';
import { policyWith } from '../decisions/cases.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { entriesOf, hourMs, keys, proven, startMs } from './desk.ts';
import { deletion, type Node, openNode } from './node.ts';

const lind = { person: 'k.lind@corp.example', roles: ['approver'], freshAtMs: startMs };

describe.each(databases)('quality of deciding on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let node: Node;
  let recorder: OpenRecorder;
  let quality: Quality;
  let nowMs = startMs;
  beforeEach(async () => {
    nowMs = startMs;
    at = await fresh();
    recorder = openRecorder({ database: at.database, keys });
    node = await openNode(at.address, () => nowMs);
    quality = openQuality({ database: at.database, recorder, clock: () => nowMs, policy: () => policyWith({}) });
  });
  afterEach(async () => {
    await node.close();
    await recorder.close();
    await at.drop();
  });

  const held = async (id: string): Promise<string> => {
    const handled = await node.handle(deletion(nowMs, id));
    if (handled.kind !== 'held') throw new Error(handled.kind);
    return handled.ticket.id;
  };

  it('counts by rule what was asked, granted and how fast', async () => {
    const [fast, slow, never, no] = [await held('1'), await held('2'), await held('3'), await held('4')];
    nowMs = startMs + 2_000;
    await node.approvals.approve({ ticket: fast, by: lind, via: 'cli' });
    nowMs = startMs + 60_000;
    await node.approvals.approve({ ticket: slow, by: lind, via: 'cli' });
    await node.approvals.refuse({ ticket: no, by: lind, via: 'cli', reason: 'no' });
    expect((await quality.read(30)).rules).toEqual([
      { rule: 'approvals/high', asks: 4, granted: 2, refused: 1, undecided: 1, medianMs: 60_000, underThreeSeconds: 1, laterUndone: 0 },
    ]);
    expect(never).toMatch(/^TK-/);
    nowMs += 31 * 24 * hourMs;
    expect((await quality.read(30)).rules).toEqual([]);
  });

  it('seeds a question that looks like any other and never runs', async () => {
    const wish = {
      person: 'j.rivera@corp.example',
      plugin: 'sales',
      connector: 'crm-act',
      tool: 'delete_contact',
      arguments: { id: '5' },
      reach: 1,
    };
    await expect(quality.drill({ ...wish, by: proven('k.lind@corp.example'), via: 'cli' })).rejects.toThrow(
      'by an operator or administrator',
    );
    const by = proven('k.lind@corp.example', ['operator']);
    await expect(quality.drill({ ...wish, tool: 'nothing', by, via: 'cli' })).rejects.toThrow('The policy has no');
    const ticket = await quality.drill({ ...wish, by, via: 'cli' });
    const real = await held('5');
    expect(real).not.toBe(ticket);
    const [first, second] = await node.approvals.list({ state: 'held' });
    expect(Object.keys(first ?? {}).toSorted()).toEqual(Object.keys(second ?? {}).toSorted());
    expect(new Set([first?.sentence.replace(' outside the company', ''), second?.sentence.replace(' outside the company', '')]).size).toBe(
      1,
    );
    await node.approvals.approve({ ticket, by: lind, via: 'cli' });
    // Neither the same call nor one that names the ticket runs it.
    expect((await node.handle(deletion(nowMs, '5'))).kind).toBe('held');
    const view = (await node.tickets.find({ ...deletion(nowMs, '5'), via: 'ticket', ticket: { id: ticket } as never })) ?? undefined;
    const named = await node.handle({ ...deletion(nowMs, '5'), via: 'ticket', ticket: view });
    expect(named.kind).not.toBe('result');
    expect(node.upstream.reached).toEqual([]);
    expect((await quality.read(30)).drills).toEqual({ asks: 1, granted: 1, refused: 0, undecided: 0 });
    expect((await quality.read(30)).rules).toMatchObject([{ asks: 1, granted: 0 }]);
    expect((await entriesOf(at)).find(({ action }) => action === 'drill.seeded')).toMatchObject({ subject: ticket });
  });
});
