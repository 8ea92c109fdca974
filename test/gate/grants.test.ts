import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPayloads } from '../../packages/server/src/effects/record/payload-read.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import type { Handled } from '../../packages/server/src/kernel/handle.ts';
import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import { compileBounds } from '../../packages/server/src/policy/cel/bounds.ts';
import { replay } from '../../packages/server/src/policy/replay.ts';
import { recordedAutonomy } from '../../packages/server/src/stages/gate/autonomy/read.ts';
import { recordedGrants } from '../../packages/server/src/stages/gate/grants/read.ts';
import { recordedDecisions } from '../../packages/server/src/wire-policy.ts';
import { decideAgain } from '../../packages/server/src/wire-redecide.ts';
import { policyWith } from '../decisions/cases.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { entriesOf, keys, startMs } from './desk.ts';
import { deletion, type Node, openNode } from './node.ts';

const dayMs = 24 * 3_600_000;
const lind: ProvenPerson = { person: 'k.lind@corp.example', roles: ['approver'], freshAtMs: startMs };

function ticketOf(handled: Handled): string {
  if (handled.kind !== 'held') throw new Error(`it was not held: ${JSON.stringify(handled)}`);
  return handled.ticket.id;
}

describe.each(databases)('standing grants on $name', ({ fresh }) => {
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

  const approved = async (by = lind): Promise<string> => {
    const ticket = ticketOf(await node.handle(deletion(startMs)));
    await node.approvals.approve({ ticket, by, via: 'cli' });
    return ticket;
  };
  const wish = { bounds: "args.id.startsWith('9')", count: 20, periodMs: dayMs, expiresInMs: 30 * dayMs, because: 'routine clean-up' };
  const make = (ticket: string, change: object = {}) => node.grantDesk.make({ ...wish, ticket, by: lind, via: 'cli', ...change });

  it('lets exactly as many run as it says, of 64 at once over three processes', async () => {
    const grant = await make(await approved());
    const nodes: Node[] = [];
    while (nodes.length < 3) nodes.push(await openNode(at.address, clock));
    const handled = await Promise.all(Array.from({ length: 64 }, (_, i) => (nodes[i % 3] as Node).handle(deletion(startMs, `9${i}`))));
    expect(handled.filter(({ kind }) => kind === 'result')).toHaveLength(20);
    expect(handled.filter(({ kind }) => kind === 'held')).toHaveLength(44);
    expect(nodes.flatMap(({ upstream }) => upstream.reached)).toHaveLength(20);
    expect(await node.grantDesk.list({ state: 'live' })).toMatchObject([{ id: grant.id, used: 20, usedEver: 20 }]);
    const granted = (await entriesOf(node)).filter(({ kind, code }) => kind === 'executed' && code === 'granted');
    expect(new Set(granted.map(({ approval }) => approval))).toEqual(new Set([`grant:${grant.id}`]));
    nowMs += dayMs + 1;
    expect((await (nodes[0] as Node).handle(deletion(nowMs, '999'))).kind).toBe('result');
    for (const one of nodes) await one.close();
  });

  it('is refused where its use is counted once it was revoked, though this process has not heard', async () => {
    const grant = await make(await approved());
    const other = await openNode(at.address, clock);
    expect((await other.handle(deletion(startMs, '91'))).kind).toBe('result');
    await node.grantDesk.revoke({ grant: grant.id, by: lind, via: 'cli', reason: 'over' });
    expect((await other.handle(deletion(startMs, '92'))).kind).toBe('held');
    expect(other.upstream.reached).toHaveLength(1);
    expect((await entriesOf(node)).filter(({ kind }) => kind === 'admin').map(({ action }) => action)).toEqual([
      'grant.made',
      'grant.revoked',
    ]);
    await other.close();
  });

  it('starts from bounds that hold for exactly the payload of its ticket', async () => {
    const ticket = await approved();
    expect((await make(ticket, { bounds: undefined })).bounds).toBe('args.id == "5" && size(args) == 1');
    await node.grants.refresh();
    // The approved ticket itself is used first, the grant after it.
    expect((await node.handle(deletion(startMs + 1))).kind).toBe('result');
    expect((await node.handle(deletion(startMs + 2))).kind).toBe('result');
    expect((await node.handle(deletion(startMs + 3, '6'))).kind).toBe('held');
    const more = deletion(startMs + 4);
    expect((await node.handle({ ...more, args: { id: '5', force: true } })).kind).not.toBe('result');
  });

  it('is inherited by no other release', async () => {
    await make(await approved());
    const next = await openNode(at.address, clock, { 'version: 2.1.0': 'version: 2.2.0' });
    const call = deletion(startMs, '91');
    const renewed = {
      ...call,
      endpoint: { ...call.endpoint, version: '2.2.0' },
      credential: { ...call.credential, audience: '/p/sales/2.2.0/crm-act' },
    };
    expect((await next.handle(renewed)).kind).toBe('held');
    await next.close();
  });

  it('is made by nobody but somebody who approved it, just now, where the rule allows one', async () => {
    const ticket = ticketOf(await node.handle(deletion(startMs)));
    await expect(make(ticket)).rejects.toThrow('k.lind@corp.example did not approve');
    await node.approvals.approve({ ticket, by: lind, via: 'cli' });
    const osei = { ...lind, person: 'm.osei@corp.example' };
    await expect(make(ticket, { by: osei })).rejects.toThrow('m.osei@corp.example did not approve');
    await expect(make(ticket, { by: { person: lind.person, roles: lind.roles } })).rejects.toThrow('shown just now');
    await expect(make(ticket, { bounds: 'args.id ==' })).rejects.toThrow('The bounds cannot be used');
    await expect(make(ticket, { bounds: "'x'" })).rejects.toThrow('true or false');
    await expect(make(ticket, { because: ' ' })).rejects.toThrow('A reason is needed');
    await expect(make(ticket, { count: 0 })).rejects.toThrow('between 1 and');
    await expect(make('TK-0000000000')).rejects.toThrow('There is no ticket');
    const strict = await openNode(at.address, clock, { 'needs: 1, expires: 1h } }': 'needs: 1, expires: 1h, grants: never } }' });
    await expect(strict.grantDesk.make({ ...wish, ticket, by: lind, via: 'cli' })).rejects.toThrow('wants a person each time');
    expect(await node.grantDesk.list({ state: 'all' })).toEqual([]);
    // One that was made before the rule said never is used no more.
    await make(ticket);
    await strict.grants.refresh();
    expect((await strict.handle(deletion(startMs, '91'))).kind).toBe('held');
    await strict.close();
  });

  it('lists what expired and what nobody uses, and says who looked at it', async () => {
    const grant = await make(await approved());
    await node.grantDesk.review({ grant: grant.id, by: lind, via: 'cli' });
    await expect(
      node.grantDesk.review({ grant: grant.id, by: { person: 'x@corp.example', roles: ['approver'] }, via: 'cli' }),
    ).rejects.toThrow('Only who made a grant');
    nowMs += 10 * dayMs;
    expect(await node.grantDesk.list({ state: 'live', unusedSinceMs: nowMs - dayMs })).toMatchObject([
      { id: grant.id, reviewedAtMs: startMs },
    ]);
    nowMs += 30 * dayMs;
    expect(await node.grantDesk.list({ state: 'live' })).toEqual([]);
    expect(await node.grantDesk.list({ state: 'expired' })).toMatchObject([{ id: grant.id, state: 'expired' }]);
  });

  it('covers in a replay what it let run, also after it was revoked; and nothing that the policy no longer leaves to grants', async () => {
    const grant = await make(await approved());
    await node.grants.refresh();
    expect((await node.handle(deletion(startMs, '91'))).kind).toBe('result');
    await node.grantDesk.revoke({ grant: grant.id, by: lind, via: 'cli', reason: 'over' });
    const readers = {
      definitions: node.upstream.definitions,
      recipientsDigest: node.tickets.recipientsDigest,
      grants: await recordedGrants(node.database, compileBounds),
      autonomy: await recordedAutonomy(node.database),
    };
    const again = (set: PolicySet) =>
      replay(recordedDecisions(node.database, openPayloads({ database: node.database, master: keys.master })), decideAgain(set, readers));
    expect(await again(node.policy)).toMatchObject({ replayed: 2, same: 2, transitions: {} });
    const never = policyWith({ 'needs: 1, expires: 1h } }': 'needs: 1, expires: 1h, grants: never } }' });
    expect(await again(never)).toMatchObject({ replayed: 2, transitions: { 'allow→hold': 1 } });
  });
});
