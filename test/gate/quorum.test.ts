import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from '../../packages/server/src/kernel/approvals.ts';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import { nudge } from '../../packages/server/src/stages/gate/deciding/nudging.ts';
import { quorumOf } from '../../packages/server/src/stages/gate/deciding/quorum.ts';
import type { TicketRow } from '../../packages/server/src/stages/gate/store.ts';
import { policyWith } from '../decisions/cases.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { entriesOf, proven } from './desk.ts';
import { deletion, type Node, openNode } from './node.ts';

const hourMs = 3_600_000;
const noon = Date.UTC(2026, 5, 6, 12);
const high = 'high: { approvers: [group:managers], needs: 1, expires: 1h }';
const approvals = (more: string) => ({ [high]: `high: { approvers: [group:managers, group:marketing-leads], expires: 1h${more} }` });

describe.each(databases)('who decides, on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let node: Node;
  let nowMs: number;
  beforeEach(async () => {
    nowMs = noon;
    at = await fresh();
  });
  afterEach(async () => {
    await node.close();
    await at.drop();
  });
  const open = async (edit: Readonly<Record<string, string>> = {}, author?: string) => {
    node = await openNode(at.address, () => nowMs, edit, author);
  };
  const held = async (call: Call = deletion(nowMs)): Promise<string> => {
    const handled = await node.handle({ ...call, id: newCallId(nowMs) });
    if (handled.kind !== 'held') throw new Error(JSON.stringify(handled));
    return handled.ticket.id;
  };
  const by = (name: string) => proven(name, ['approver'], nowMs);
  const approve = (ticket: string, name: string) => node.approvals.approve({ ticket, by: by(name), via: 'cli' });

  it('neither the owner of the plugin nor the author of the policy decides alone; two people do', async () => {
    await open({}, 'K.Lind@corp.example');
    const id = await held();
    expect(await approve(id, 'm.osei@corp.example')).toMatchObject({
      state: 'held',
      waitsFor:
        '1 of 1: it still waits; nobody decides on their own: m.osei@corp.example owns the plugin sales, so somebody else must approve too',
    });
    expect(await approve(id, 'k.lind@corp.example')).toMatchObject({ state: 'approved' });
    const other = await held(deletion(nowMs, '6'));
    expect((await approve(other, 'k.lind@corp.example')).waitsFor).toContain('made the last change of policy');
  });

  it('does not let the asking person in through a delegation, an alias or as manager of themselves', async () => {
    await open({
      [high]:
        'high: { approvers: [m.osei@corp.example, manager], needs: 1, expires: 1h, delegates: { m.osei@corp.example: { to: jr@corp.example, until: 2026-12-24 } } }',
      'manager: m.osei@corp.example, aliases': 'manager: jr@corp.example, aliases',
    });
    const id = await held();
    for (const name of ['j.rivera@corp.example', 'JR@corp.example'])
      await expect(approve(id, name)).rejects.toThrow('j.rivera@corp.example asked for this call and cannot decide it');
  });

  it('asks the manager of who asks, by whatever name the directory has them', async () => {
    await open({
      [high]: 'high: { approvers: [manager], needs: 1, expires: 1h }',
      'manager: m.osei@corp.example, aliases': 'manager: boss@corp.example, aliases',
      '{ person: k.lind@corp.example, groups: [managers, marketing-leads] }':
        '{ person: k.lind@corp.example, groups: [], aliases: [boss@corp.example] }',
    });
    const id = await held();
    await expect(approve(id, 'm.osei@corp.example')).rejects.toThrow('asks the manager of who asks; m.osei@corp.example is not among them');
    expect(await approve(id, 'k.lind@corp.example')).toMatchObject({ state: 'approved' });
  });

  it('wants each group represented by another person', async () => {
    await open(approvals(', needs: 2, distinct: [group:managers, group:marketing-leads]'));
    const id = await held();
    await approve(id, 'k.lind@corp.example');
    expect(await approve(id, 'm.osei@corp.example')).toMatchObject({ state: 'approved' });
    const other = await held(deletion(nowMs, '6'));
    await approve(other, 'p.wu@corp.example');
    expect(await approve(other, 'k.lind@corp.example')).toMatchObject({ state: 'approved' });
    expect(await node.approvals.find(other)).toMatchObject({ distinct: ['group:managers', 'group:marketing-leads'] });
  });

  it('lets a delegate decide in the place of who is away, the two counted once, until the day', async () => {
    await open(approvals(', needs: 2, delegates: { m.osei@corp.example: { to: f.grau@corp.example, until: 2026-06-06 } }'));
    const id = await held();
    await approve(id, 'f.grau@corp.example');
    await expect(approve(id, 'm.osei@corp.example')).rejects.toThrow('each person counts once');
    expect(await approve(id, 'k.lind@corp.example')).toMatchObject({
      state: 'approved',
      approvals: [{ person: 'f.grau@corp.example', inPlaceOf: 'm.osei@corp.example' }, { person: 'k.lind@corp.example' }],
    });
    const other = await held(deletion(nowMs, '6'));
    await approve(other, 'm.osei@corp.example');
    await expect(approve(other, 'f.grau@corp.example')).rejects.toThrow(
      'f.grau@corp.example, in the place of m.osei@corp.example, approved',
    );
    nowMs = Date.UTC(2026, 5, 7, 0, 0, 1);
    await expect(approve(await held(deletion(nowMs, '7')), 'f.grau@corp.example')).rejects.toThrow('not among them');
  });

  it('reminds once, then asks further people, and running out is never a yes', async () => {
    await open(approvals(', needs: 1, remind: 20m, escalate: { after: 40m, to: [f.grau@corp.example] }'));
    const parts = {
      database: node.database,
      recorder: node.recorder,
      clock: () => nowMs,
      policy: () => node.policy,
      announce: node.announce,
    };
    const id = await held();
    const nudgedAt = async (minutes: number) => {
      nowMs = noon + minutes * 60_000;
      return await nudge(parts);
    };
    expect(await nudgedAt(19)).toBe(0);
    await expect(approve(id, 'f.grau@corp.example')).rejects.toThrow('not among them');
    expect(await nudgedAt(20)).toBe(1);
    expect(await nudgedAt(21)).toBe(0);
    expect(await nudgedAt(40)).toBe(1);
    expect(await nudgedAt(41)).toBe(0);
    expect(node.told).toEqual([`held ${id}`, `reminder ${id}`, `escalated ${id}`]);
    expect(await node.approvals.find(id)).toMatchObject({ escalatedTo: ['f.grau@corp.example'] });
    expect(await approve(id, 'f.grau@corp.example')).toMatchObject({ state: 'approved' });
    // What it was approved by is still what the call needs: it runs.
    expect((await node.handle(deletion(nowMs))).kind).toBe('result');
    const other = await held(deletion(nowMs, '6'));
    nowMs += hourMs;
    expect(await node.tickets.expireOverdue()).toBe(1);
    expect(node.told.at(-1)).toBe(`expired ${other}`);
    await expect(approve(other, 'k.lind@corp.example')).rejects.toThrow('is expired');
    expect((await entriesOf(node)).filter(({ action }) => String(action).startsWith('ticket.')).map(({ action }) => action)).toEqual([
      'ticket.reminder',
      'ticket.escalated',
    ]);
  });

  it('gives more time, answers questions, and takes back', async () => {
    await open();
    const id = await held();
    const act = (name: string) => ({ ticket: id, by: by(name), via: 'cli' });
    await expect(node.approvals.extend({ ...act('j.rivera@corp.example'), byMs: hourMs })).rejects.toThrow('not among them');
    expect((await node.approvals.extend({ ...act('k.lind@corp.example'), byMs: hourMs })).expiresAtMs).toBe(noon + 2 * hourMs);
    expect((await node.approvals.extend({ ...act('k.lind@corp.example'), byMs: 90 * 24 * hourMs })).expiresAtMs).toBe(
      noon + 7 * 24 * hourMs,
    );
    await expect(node.approvals.extend({ ...act('k.lind@corp.example'), byMs: hourMs })).rejects.toThrow('seven days from now is the most');
    await node.approvals.ask({ ...act('k.lind@corp.example'), text: 'Why this one?' });
    await expect(node.approvals.answer({ ...act('m.osei@corp.example'), text: 'because' })).rejects.toThrow('go to j.rivera@corp.example');
    await node.approvals.answer({ ...act('JR@corp.example'), text: 'It bounced.' });
    const { notes } = await node.approvals.show(id, { person: 'k.lind@corp.example', assurance: 'proved' });
    expect(notes).toMatchObject([
      { kind: 'question', person: 'k.lind@corp.example', text: 'Why this one?' },
      { kind: 'answer', person: 'j.rivera@corp.example', text: 'It bounced.' },
    ]);
    expect(JSON.stringify(await entriesOf(node))).not.toContain('bounced');
    await expect(node.approvals.withdraw(act('k.lind@corp.example'))).rejects.toThrow('can withdraw ticket');
    await approve(id, 'k.lind@corp.example');
    expect(await node.approvals.withdraw({ ...act('jr@corp.example'), reason: 'not needed' })).toMatchObject({ state: 'withdrawn' });
    expect((await node.handle(deletion(nowMs))).kind).toBe('held');
    expect(node.upstream.reached).toEqual([]);
  });

  it('breaks the glass loudly, for minutes, by the few, and never for oneself', async () => {
    await open({
      [`approvals: { ${high} }`]:
        'approvals: { high: { approvers: [p.wu@corp.example] } }\nbreak_glass: [group:managers, j.rivera@corp.example]',
    });
    const id = await held();
    const act = (name: string) => ({ ticket: id, by: by(name), via: 'cli', reason: 'the site is down' });
    await expect(node.approvals.breakGlass(act('p.wu@corp.example'))).rejects.toThrow('may not break the glass; only group:managers');
    await expect(node.approvals.breakGlass(act('jr@corp.example'))).rejects.toThrow('in no emergency');
    await expect(node.approvals.breakGlass({ ...act('k.lind@corp.example'), reason: ' ' })).rejects.toThrow('needs a reason');
    await expect(node.approvals.breakGlass({ ...act('k.lind@corp.example'), by: proven('k.lind@corp.example', [], 0) })).rejects.toThrow(
      '5 minutes',
    );
    expect(await node.approvals.breakGlass(act('k.lind@corp.example'))).toMatchObject({
      state: 'approved',
      expiresAtMs: noon + 15 * 60_000,
    });
    expect(node.alarms).toEqual([expect.stringContaining(`k.lind@corp.example broke the glass for ticket ${id}: the site is down`)]);
    expect(node.told.at(-1)).toBe(`break_glass ${id}`);
    expect((await node.handle(deletion(nowMs))).kind).toBe('result');
    expect((await entriesOf(node)).find(({ kind }) => kind === 'executed')?.['approval']).toMatch(/^break-glass:P-/);
    expect(await node.approvals.list({ state: 'all', brokeGlass: true })).toMatchObject([{ id }]);
    const late = await held(deletion(nowMs, '6'));
    await node.approvals.breakGlass({ ...act('k.lind@corp.example'), ticket: late });
    nowMs += 16 * 60_000;
    expect(await node.handle(deletion(nowMs, '6'))).toMatchObject({ kind: 'refused', ruling: { code: 'expired' } });
  });

  it('a refusal may stop the run, and connecting anew is no way out', async () => {
    await open();
    const id = await held();
    const other = await held(deletion(nowMs, '6'));
    await approve(other, 'k.lind@corp.example');
    await node.approvals.refuse({ ticket: id, by: by('k.lind@corp.example'), via: 'cli', reason: 'it runs wild', stopRun: true });
    const call = deletion(nowMs, '6');
    for (const session of [undefined, 'a-new-session'])
      expect(await node.handle({ ...call, id: newCallId(nowMs), session })).toMatchObject({
        kind: 'refused',
        ruling: { code: 'stopped', says: 'A person stopped this run', detail: 'it runs wild' },
      });
    const osei = { ...call, credential: { ...call.credential, person: 'm.osei@corp.example' } };
    expect((await node.handle({ ...osei, id: newCallId(nowMs) })).kind).toBe('held');
    nowMs += 8 * hourMs;
    expect((await node.handle({ ...deletion(nowMs, '7'), session: 'tomorrow' })).kind).toBe('held');
    expect(node.upstream.reached).toEqual([]);
  });
});

it('one person who is in both groups stands for one of them', () => {
  const policy: PolicySet = policyWith({});
  const row = { needs: 2, groups: '["group:a","group:b"]', editors: '[]', plugin: 'sales' } as TicketRow;
  const approval = (person: string, ...groups: string[]): Approval => ({ person, atMs: 0, kind: 'human', groups });
  const complete = (...given: Approval[]) => quorumOf(policy, row, given, undefined).complete;
  expect(complete(approval('x', 'group:a', 'group:b'), approval('y'))).toBe(false);
  expect(complete(approval('x', 'group:a', 'group:b'), approval('y', 'group:a'))).toBe(true);
  expect(complete(approval('y', 'group:a'), approval('x', 'group:a', 'group:b'))).toBe(true);
  expect(complete(approval('x', 'group:a'), approval('y', 'group:a'))).toBe(false);
  expect(complete(approval('x', 'group:a'), approval('y', 'group:a'), approval('z', 'group:b'))).toBe(true);
});
