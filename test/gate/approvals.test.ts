import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { callOf, type Desk, entriesOf, heldId, openDesk, proven, startMs } from './desk.ts';

describe.each(databases)('approvals on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let desk: Desk;
  const clock = () => startMs;
  beforeEach(async () => {
    at = await fresh();
    desk = await openDesk(at, { clock });
  });
  afterEach(async () => {
    await desk.close();
    await at.drop();
  });

  const approve = (ticket: string, name: string, roles?: readonly string[]) =>
    desk.approvals.approve({ ticket, by: proven(name, roles), via: 'cli' });
  const refuse = (ticket: string, name: string, reason = 'no') => desk.approvals.refuse({ ticket, by: proven(name), via: 'cli', reason });

  it('lets somebody who is asked approve, and the entry names them', async () => {
    const id = await heldId(desk, callOf(startMs));
    expect(await approve(id, 'MAX@corp.example')).toMatchObject({
      state: 'approved',
      approvals: [{ person: 'max@corp.example', kind: 'human' }],
    });
    expect(await desk.tickets.find(callOf(startMs))).toMatchObject({ state: 'approved', approval: 'human:max@corp.example' });
    const entry = (await entriesOf(desk)).find(({ kind }) => kind === 'approved');
    expect(entry).toMatchObject({
      ticket: id,
      rule: 'approvals/high',
      definition: 'sha256:d1',
      policy: 'sha256:p1',
      reach: 12,
      actor: 'trapkey-cli',
    });
    expect(entry?.['approval']).toMatch(/^human:/);
  });

  it('does not let the asking person approve, under any of their names', async () => {
    const id = await heldId(desk, callOf(startMs));
    for (const name of ['ada@corp.example', 'ADA@corp.example', 'al@corp.example', ' Al@Corp.example ']) {
      await expect(approve(id, name), name).rejects.toThrow(
        'ada@corp.example asked for this call and cannot decide it. Nothing was changed.',
      );
    }
    const { credential } = callOf(startMs);
    const aliased = await heldId(desk, callOf(startMs, { args: {}, credential: { ...credential, person: 'AL@corp.example' } }));
    await expect(approve(aliased, 'ada@corp.example')).rejects.toThrow('cannot decide it');
    expect(await desk.approvals.list({ state: 'held' })).toHaveLength(2);
  });

  it('counts the asking person only where the organization is solo, as self', async () => {
    const solo = await openDesk(at, { clock, solo: true });
    const id = await heldId(solo, callOf(startMs));
    await solo.approvals.approve({ ticket: id, by: proven('al@corp.example'), via: 'cli' });
    expect(await solo.tickets.find(callOf(startMs))).toMatchObject({ state: 'approved', approval: 'self:ada@corp.example' });
    expect((await entriesOf(solo)).find(({ kind }) => kind === 'approved')?.['approval']).toMatch(/^self:/);
    await solo.close();
  });

  it('refuses who is not asked, and who has no role for it', async () => {
    const id = await heldId(desk, callOf(startMs));
    await expect(approve(id, 'joe@corp.example')).rejects.toThrow('asks group managers; joe@corp.example is not among them');
    await expect(approve(id, 'nobody@else.example')).rejects.toThrow('is not among them');
    await expect(approve(id, 'max@corp.example', ['administrator'])).rejects.toThrow('is not enrolled as an approver');
    const named = await heldId(desk, callOf(startMs, { args: {} }), { approvers: ['joe@corp.example'] });
    await expect(approve(named, 'max@corp.example')).rejects.toThrow('is not among them');
    expect((await approve(named, 'joe@corp.example')).state).toBe('approved');
  });

  it('counts distinct persons, also when they decide at the same moment', async () => {
    const id = await heldId(desk, callOf(startMs), { needs: 2 });
    expect(await approve(id, 'max@corp.example')).toMatchObject({ state: 'held' });
    await expect(approve(id, 'max@corp.example')).rejects.toThrow('each person counts once. 1 more needed');
    expect(await approve(id, 'eve@corp.example')).toMatchObject({ state: 'approved' });
    expect(await desk.tickets.find(callOf(startMs))).toMatchObject({ approval: 'human:max@corp.example,eve@corp.example' });

    const other = await openDesk(at, { clock });
    const both = await heldId(desk, callOf(startMs, { args: {} }), { needs: 2 });
    await Promise.all([
      approve(both, 'max@corp.example'),
      other.approvals.approve({ ticket: both, by: proven('eve@corp.example'), via: 'cli' }),
    ]);
    expect((await desk.approvals.list({ state: 'approved' })).find(({ id: found }) => found === both)?.approvals).toHaveLength(2);
    await other.close();
  });

  it('decides once: nothing after a refusal, a second approval or an end', async () => {
    const id = await heldId(desk, callOf(startMs));
    expect(await refuse(id, 'max@corp.example', 'not\nbefore the audit')).toMatchObject({
      state: 'refused',
      decidedReason: 'not before the audit',
    });
    await expect(approve(id, 'eve@corp.example')).rejects.toThrow(
      `Ticket ${id} is refused and cannot be decided again. Nothing was changed.`,
    );
    await expect(refuse(id, 'eve@corp.example')).rejects.toThrow('cannot be decided again');
    await expect(refuse(id, 'eve@corp.example', ' \u0007 ')).rejects.toThrow('A reason is needed');
    await expect(approve('TK-0000000000', 'eve@corp.example')).rejects.toThrow('There is no ticket TK-0000000000');
    expect((await entriesOf(desk)).filter(({ kind }) => kind === 'approved' || kind === 'refused')).toHaveLength(1);
  });

  it('takes one of two deciders who say different things at the same moment', async () => {
    const id = await heldId(desk, callOf(startMs));
    const results = await Promise.allSettled([approve(id, 'max@corp.example'), refuse(id, 'eve@corp.example')]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await entriesOf(desk)).filter(({ kind }) => kind === 'approved' || kind === 'refused')).toHaveLength(1);
  });

  it('shows exactly what would be sent, and records who read it first', async () => {
    const id = await heldId(desk, callOf(startMs, { extra: { requestState: 's' } }));
    const detail = await desk.approvals.show(id, { person: 'root', assurance: 'claimed' });
    expect(detail.payload).toEqual({
      method: 'tools/call',
      name: 'send_campaign',
      arguments: { list: 'spring', subject: 'Hello' },
      extra: { requestState: 's' },
    });
    expect((await entriesOf(desk)).at(-1)).toMatchObject({
      kind: 'admin',
      action: 'payload.read',
      subject: id,
      assurance: { on_behalf_of: 'claimed' },
    });
    expect(JSON.stringify(await desk.approvals.list({ state: 'all' }))).not.toContain('spring');
  });
});
