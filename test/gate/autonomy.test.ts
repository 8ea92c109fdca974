import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import type { AuditedLot, Workflow } from '../../packages/server/src/kernel/autonomy.ts';
import type { StepResult, Tx } from '../../packages/server/src/kernel/recorder.ts';
import { openAutonomyDoor } from '../../packages/server/src/stages/gate/autonomy/act.ts';
import { openAutonomyDesk } from '../../packages/server/src/stages/gate/autonomy/desk.ts';
import { openAutonomy, recordedAutonomy } from '../../packages/server/src/stages/gate/autonomy/read.ts';
import { policyWith } from '../decisions/cases.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { entriesOf, startMs } from './desk.ts';
import { deletion, type Node, openNode } from './node.ts';

const workflow: Workflow = { plugin: 'sales', connector: 'crm-act', tool: 'set_tier' };
const lind: ProvenPerson = { person: 'k.lind@corp.example', roles: ['administrator'], freshAtMs: startMs };
const revops: ProvenPerson = { person: 'revops@corp.example', roles: [], freshAtMs: startMs };

describe.each(databases)('levels of workflows on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let node: Node;
  let nowMs = startMs;
  const clock = () => nowMs;
  beforeEach(async () => {
    nowMs = startMs;
    at = await fresh();
    node = await openNode(at.address, clock);
  });
  afterEach(async () => {
    await node.close();
    await at.drop();
  });

  const opened = (policy = node.policy) => {
    const parts = { database: node.database, recorder: node.recorder, clock, policy: () => policy };
    return { door: openAutonomyDoor(parts), desk: openAutonomyDesk(parts) };
  };
  const commit = async (steps: (tx: Tx) => Promise<StepResult>) => {
    nowMs += 1_000;
    expect((await node.recorder.commit({ entries: [], steps })).status).toBe('committed');
  };
  const audited = (lot: Partial<AuditedLot>) =>
    commit((tx) =>
      opened().door.lotAudited(tx, { workflow, batch: 'B-1', size: 100, sampled: 10, wrong: 0, attempt: 1, atMs: nowMs, ...lot }),
    );
  const undone = (undo: string, batch?: string) =>
    commit((tx) => opened().door.undone(tx, { workflow, undo, batch, changes: 1, atMs: nowMs }));
  const act = (change: object = {}) => ({ workflow, by: lind, via: 'cli', reason: 'seen enough', ...change });
  const show = async () => await opened().desk.show(workflow);
  const capped = async () => (await openAutonomy(node.database)).cap(workflow, nowMs);

  it('goes down one step for each batch with something wrong and each undo, and no farther than to a person', async () => {
    expect(await show()).toMatchObject({
      policy: 'unattended',
      level: 'unattended',
      rule: 'autonomy/crm-act.set_tier',
      changed: undefined,
    });
    await audited({});
    expect(await capped()).toBeUndefined();
    await audited({ batch: 'B-2', wrong: 1 });
    expect(await capped()).toBe('sample');
    // The same batch again, with one more marked: it was lowered for that already.
    await audited({ batch: 'B-2', sampled: 12, wrong: 2 });
    expect(await capped()).toBe('sample');
    // An undo tells of each change that it takes back, and lowers once.
    for (let change = 0; change < 5; change++) await undone('U-1');
    expect(await capped()).toBe('approve');
    await audited({ batch: 'B-3', wrong: 3 });
    await undone('U-2', 'B-3');
    expect(await show()).toMatchObject({ level: 'approve', policy: 'unattended', rule: 'autonomy/demoted/crm-act.set_tier' });

    const entries = (await entriesOf(node)).filter(({ kind }) => kind === 'admin');
    expect(entries.map(({ action, subject, detail }) => ({ action, subject, detail }))).toEqual([
      { action: 'autonomy.demoted', subject: 'sales crm-act.set_tier', detail: 'unattended → sample' },
      { action: 'autonomy.demoted', subject: 'sales crm-act.set_tier', detail: 'sample → approve' },
    ]);
    expect(entries[0]).toMatchObject({
      connector: 'crm-act',
      tool: 'set_tier',
      plugin: 'sales@2.1.0',
      reason: '1 of the changes of batch B-2 that a person looked at was wrong',
    });
  });

  it('lowers nothing where the commit that it belongs to fails', async () => {
    const committed = await node.recorder.commit({
      entries: [],
      steps: async (tx) => {
        await opened().door.lotAudited(tx, { workflow, batch: 'B-1', size: 9, sampled: 3, wrong: 1, attempt: 1, atMs: nowMs });
        return { ok: false, conflict: 'somebody was first' };
      },
    });
    expect(committed.status).toBe('conflict');
    expect(await capped()).toBeUndefined();
    expect((await show()).evidence).toMatchObject({ looked: 0, lots: 0 });
  });

  it('counts only what was seen since, and goes up on evidence alone', async () => {
    await audited({ wrong: 1 });
    expect((await show()).evidence).toMatchObject({ looked: 0, right: 0, cleanRate: null, cleanRateAtLeast: 0 });
    expect((await show()).next).toEqual({
      level: 'unattended',
      met: false,
      needs: 'a clean rate of at least 95 % at 95 % confidence: 59 more that are right',
    });
    await audited({ batch: 'B-2', sampled: 40 });
    await undone('U-1', 'B-2');
    // That undo lowered it once more, and counting begins anew.
    expect(await show()).toMatchObject({ level: 'approve', evidence: { looked: 0 } });
    await audited({ batch: 'B-3', sampled: 28 });
    await expect(opened().desk.raise(act())).rejects.toThrow('takes a clean rate of at least 90 %');
    await audited({ batch: 'B-4', sampled: 1 });
    expect(await opened().desk.raise(act())).toMatchObject({ level: 'sample', evidence: { looked: 0 }, changed: { by: lind.person } });
    await audited({ batch: 'B-5', sampled: 58 });
    await expect(opened().desk.raise(act())).rejects.toThrow('1 more that are right');
    await audited({ batch: 'B-6', sampled: 1 });
    expect((await show()).evidence).toMatchObject({ looked: 59, right: 59, lots: 2, cleanRate: 1 });
    const raised = await opened().desk.raise(act());
    expect(raised).toMatchObject({ level: 'unattended', rule: 'autonomy/crm-act.set_tier', next: undefined });
    await expect(opened().desk.raise(act())).rejects.toThrow('policy names no more than unattended');
    expect((await entriesOf(node)).map(({ action }) => action)).toEqual([
      'autonomy.demoted',
      'autonomy.demoted',
      'autonomy.raised',
      'autonomy.raised',
    ]);
  });

  it('never goes over what policy names, and follows policy down at once', async () => {
    const strict = policyWith({ 'crm-act.set_tier: unattended, crm-act.bulk_tag': 'crm-act.set_tier: approve, crm-act.bulk_tag' });
    expect(await opened(strict).desk.show(workflow)).toMatchObject({ level: 'approve', policy: 'approve', next: undefined });
    await expect(opened(strict).desk.raise(act())).rejects.toThrow('policy names no more than approve');
    // What policy gave is not taken again: there is nothing to lower.
    await commit((tx) =>
      opened(strict).door.lotAudited(tx, { workflow, batch: 'B-9', size: 9, sampled: 3, wrong: 1, attempt: 1, atMs: nowMs }),
    );
    expect(await capped()).toBeUndefined();
  });

  it('is moved by those who may, with a reason', async () => {
    const { desk } = opened();
    const rivera = { person: 'j.rivera@corp.example', roles: ['approver'], freshAtMs: startMs };
    await expect(desk.lower(act({ by: rivera }))).rejects.toThrow('cannot lower');
    await expect(desk.lower(act({ reason: ' \n ' }))).rejects.toThrow('A reason is needed');
    await expect(desk.lower(act({ workflow: { ...workflow, tool: 'nothing' } }))).rejects.toThrow('There is no workflow');
    expect(await desk.lower(act({ by: { person: 'm.osei@corp.example', roles: [] } }))).toMatchObject({ level: 'sample' });
    expect(await desk.lower(act())).toMatchObject({ level: 'approve' });
    expect(await desk.lower(act())).toMatchObject({ level: 'draft', next: { level: 'approve', met: true } });
    await expect(desk.lower(act())).rejects.toThrow('only drafts already');
    await expect(desk.raise(act({ by: rivera }))).rejects.toThrow('cannot raise');
    // Whoever owns the agents does not let them do more, not even as an administrator.
    await expect(desk.raise(act({ by: { ...lind, person: 'm.osei@corp.example' } }))).rejects.toThrow('cannot let it do more');
    await expect(desk.raise(act({ by: { person: lind.person, roles: lind.roles } }))).rejects.toThrow('shown just now');
    expect(await desk.raise(act({ by: revops }))).toMatchObject({ level: 'approve' });
  });

  it('counts what people said to its tickets where they decide each call', async () => {
    const held = async (id: string) => {
      const handled = await node.handle(deletion(nowMs, id));
      if (handled.kind !== 'held') throw new Error(handled.kind);
      return handled.ticket.id;
    };
    const approver = { ...lind, roles: ['approver'] };
    await node.approvals.approve({ ticket: await held('5'), by: approver, via: 'cli' });
    await node.approvals.refuse({ ticket: await held('6'), by: approver, via: 'cli', reason: 'not this one' });
    await held('7');
    const of = await opened().desk.show({ plugin: 'sales', connector: 'crm-act', tool: 'delete_contact' });
    expect(of).toMatchObject({ level: 'approve', evidence: { looked: 2, right: 1, cleanRate: 0.5 } });
    expect(await opened().desk.list()).toContainEqual(of);
  });

  it('tells a replay what held at that time', async () => {
    const before = nowMs;
    await audited({ wrong: 1 });
    const between = nowMs;
    await undone('U-1');
    const recorded = await recordedAutonomy(node.database);
    expect([before, between, nowMs].map((atMs) => recorded.cap(workflow, atMs))).toEqual([undefined, 'sample', 'approve']);
  });

  it('asks a person for everything while levels cannot be read', async () => {
    const broken = { read: node.database.read.withSchema('nowhere') };
    const reader = await openAutonomy(broken);
    expect(reader.cap(workflow, nowMs)).toBe('approve');
  });
});
