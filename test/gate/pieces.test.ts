import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import type { Handled } from '../../packages/server/src/kernel/handle.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { callOf, proven } from './desk.ts';
import { type Node, openNode } from './node.ts';

const noon = Date.UTC(2026, 5, 6, 12);
const hourMs = 3_600_000;
const auto = 'tool: crm-act.add_note, reach: 1,';
const high = 'high: { approvers: [group:managers], needs: 1, expires: 1h }';

describe.each(databases)('the pieces of one goal on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let nowMs: number;
  const nodes: Node[] = [];
  beforeEach(async () => {
    nowMs = noon;
    at = await fresh();
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.close();
    await at.drop();
  });
  const open = async (edit: Readonly<Record<string, string>> = {}): Promise<Node> => {
    const node = await openNode(at.address, () => nowMs, edit);
    nodes.push(node);
    return node;
  };
  const calling = (connector: string, name: string, args: Call['args'], person = 'j.rivera@corp.example'): Call => {
    const call = callOf(nowMs);
    const credential = { ...call.credential, person, audience: `/p/sales/2.1.0/${connector}` };
    return { ...call, id: newCallId(nowMs), endpoint: { ...call.endpoint, connector }, name, args, credential };
  };
  const hundred = (piece: number) => Array.from({ length: 100 }, (_, i) => `c${piece}-${i}@elsewhere.example`);
  const mail = (piece: number, person?: string) => calling('mail', 'send_email', { to: hundred(piece) }, person);
  const note = (id: number, person?: string) => calling('crm-act', 'add_note', { ids: [id] }, person);
  const ticketOf = (handled: Handled): string => {
    if (handled.kind !== 'held') throw new Error(JSON.stringify(handled));
    return handled.ticket.id;
  };
  const by = () => proven('k.lind@corp.example', ['approver'], nowMs);
  const reached = (name: string) => nodes.flatMap(({ upstream }) => upstream.reached).filter(({ params }) => params['name'] === name);

  it('24 times 100 recipients are 2,400, and every ticket says so', async () => {
    const node = await open();
    const ids: string[] = [];
    for (let piece = 0; piece < 24; piece++) {
      nowMs += 1;
      ids.push(ticketOf(await node.handle(mail(piece))));
    }
    const last = await node.approvals.find(ids[23] as string);
    expect(last).toMatchObject({ reach: 100, cumulative: 2_400, linked: ids[0] });
    expect(last?.sentence).toMatch(/would send to 100 recipients .* With 23 earlier pieces: 2,400 together\.$/);
    expect(await node.approvals.find(ids[0] as string)).toMatchObject({ reach: 100, cumulative: 100, linked: undefined });
    const again = await node.handle(mail(23));
    expect(again).toMatchObject({ kind: 'held', ticket: { id: ids[23], cumulative: 2_400 } });
    expect(again.kind === 'held' && again.ruling.says).toContain('2,400 together');
    // An approval is for its own piece: what came after it changes nothing about it.
    await node.approvals.approve({ ticket: ids[3] as string, by: by(), via: 'cli' });
    expect((await node.handle(mail(3))).kind).toBe('result');
    expect(reached('send_email')).toHaveLength(1);
    const { pieces } = await node.approvals.show(ids[3] as string, { person: 'k.lind@corp.example', assurance: 'proved' });
    expect(pieces).toHaveLength(23);
  });

  it('what passes a step of the policy together needs what the step needs', async () => {
    const node = await open({ [high]: 'high: { approvers: [group:managers], above: [{ reach: 250, needs: 2 }] }' });
    const ids: string[] = [];
    for (let piece = 0; piece < 3; piece++) ids.push(ticketOf(await node.handle(mail(piece))));
    expect(await Promise.all(ids.map(async (id) => (await node.approvals.find(id))?.needs))).toEqual([1, 1, 2]);
    expect((await node.approvals.find(ids[2] as string))?.rule).toBe('approvals/high/above 250');
    // Whoever refuses a piece takes it out of the sum.
    await node.approvals.refuse({ ticket: ids[0] as string, by: by(), via: 'cli', reason: 'no' });
    expect(await node.approvals.find(ticketOf(await node.handle(mail(3))))).toMatchObject({ needs: 2, cumulative: 300 });
    await node.approvals.refuse({ ticket: ids[2] as string, by: by(), via: 'cli', reason: 'no' });
    expect(await node.approvals.find(ticketOf(await node.handle(mail(4))))).toMatchObject({ cumulative: 300 });
  });

  it('counts what ran without a ticket; a small call that passes the bound together is held', async () => {
    const node = await open({ [auto]: `${auto} together: 3,` });
    for (let id = 0; id < 3; id++) expect((await node.handle(note(id))).kind).toBe('result');
    const held = await node.handle(note(3));
    expect(held).toMatchObject({ kind: 'held', ticket: { cumulative: 4 } });
    expect((await node.approvals.find(ticketOf(held)))?.sentence).toContain('With 3 earlier pieces: 4 together.');
    expect(reached('add_note')).toHaveLength(3);
    nowMs += 8 * hourMs;
    expect((await node.handle(note(9))).kind).toBe('result');
  });

  it('counts one person once, by whatever name, session or run; and nobody else', async () => {
    const node = await open();
    expect((await node.handle(note(1))).kind).toBe('result');
    expect((await node.handle(note(2, 'JR@corp.example'))).kind).toBe('held');
    expect((await node.handle({ ...note(3), session: 'another' })).kind).toBe('held');
    expect((await node.handle(note(4, 'm.osei@corp.example'))).kind).toBe('result');
    expect((await node.handle(calling('crm-act', 'set_tier', { id: '1234', tier: 'A' }))).kind).toBe('result');
  });

  it('never passes the bound together, however many come at once on two nodes', async () => {
    const edit = { [auto]: `${auto} together: 5,` };
    const [one, two] = [await open(edit), await open(edit)];
    const all = await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? one : two).handle(note(i))));
    expect(reached('add_note')).toHaveLength(5);
    expect(all.filter(({ kind }) => kind === 'result')).toHaveLength(5);
    for (const handled of all)
      expect(['result', 'held', 'record_unavailable']).toContain(handled.kind === 'refused' ? handled.ruling.code : handled.kind);
  });

  it('an approval is bound to the account, and to the agent that asked', async () => {
    const node = await open();
    const id = ticketOf(await node.handle(mail(1)));
    await node.approvals.approve({ ticket: id, by: by(), via: 'cli' });
    const other = await node.handle({ ...mail(1), claims: { agentId: 'another' } });
    expect(ticketOf(other)).not.toBe(id);
    const moved = await open({ 'upstream: { command: [node, mail.js] }': 'upstream: { command: [node, mail.js, --account, other] }' });
    const asked = await moved.handle(mail(1));
    expect(asked).toMatchObject({ kind: 'held', ruling: { says: expect.stringContaining('the connector would act as another account') } });
    expect(ticketOf(asked)).not.toBe(id);
    expect(reached('send_email')).toEqual([]);
  });
});
