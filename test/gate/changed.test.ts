import type { JsonObject } from '@trapkey/contract/json.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import type { Handled } from '../../packages/server/src/kernel/handle.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { callOf, entriesOf, proven, startMs } from './desk.ts';
import { type Node, openNode } from './node.ts';

const lind = proven('k.lind@corp.example');
const osei = proven('m.osei@corp.example');
const people = Array.from({ length: 2_310 }, (_, i) => `c${i}@elsewhere.example`);

describe.each(databases)('what a person changes before approving on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let node: Node;
  beforeEach(async () => {
    at = await fresh();
    node = await openNode(at.address, () => startMs);
  });
  afterEach(async () => {
    await node.close();
    await at.drop();
  });

  const mail = (args: JsonObject): Call => {
    const call = callOf(startMs);
    const credential = { ...call.credential, person: 'j.rivera@corp.example', audience: '/p/sales/2.1.0/mail' };
    return { ...call, id: newCallId(startMs), endpoint: { ...call.endpoint, connector: 'mail' }, name: 'send_email', args, credential };
  };
  const asked = { to: people, subject: 'Spring' };
  const held = async (args: JsonObject = asked): Promise<string> => ticketOf(await node.handle(mail(args)));
  const ticketOf = (handled: Handled): string => {
    if (handled.kind !== 'held') throw new Error(JSON.stringify(handled));
    return handled.ticket.id;
  };
  const sent = () => node.upstream.reached.filter(({ params }) => params['name'] === 'send_email').map(({ params }) => params['arguments']);
  const act = (ticket: string, by = lind) => ({ ticket, by, via: 'cli' });

  it('2,310 recipients are cut to 50, by one person, and exactly those 50 get it, once', async () => {
    const id = await held();
    expect((await node.approvals.find(id))?.sentence).toContain('would send to 2,310 recipients');
    const part = await node.approvals.approvePart({ ...act(id), part: { argument: 'to', first: 50 } });
    expect(part).toMatchObject({ state: 'approved', reach: 50, edited: true, editors: [] });
    expect(part.sentence).toContain('would send to 50 recipients');
    const answers = await Promise.all(Array.from({ length: 16 }, () => node.handle(mail(asked))));
    expect(sent()).toEqual([{ to: people.slice(0, 50), subject: 'Spring' }]);
    const result = answers.find(({ kind }) => kind === 'result');
    expect(result).toMatchObject({ told: expect.stringContaining('"c49@elsewhere.example"') });
    const entries = await entriesOf(node);
    const edited = entries.find(({ kind }) => kind === 'edited');
    const opened = entries.find(({ kind }) => kind === 'held');
    expect(edited).toMatchObject({ ticket: id, reach: 50, detail: `before: ${opened?.['arguments']}` });
    expect(edited?.['arguments']).not.toBe(opened?.['arguments']);
    expect(entries.find(({ kind }) => kind === 'approved')).toMatchObject({ ticket: id, reach: 50 });
    expect(entries.find(({ kind }) => kind === 'executed')).toMatchObject({ ticket: id, reach: 50, outcome: 'done' });
    const shown = await node.approvals.show(id, { person: 'k.lind@corp.example', assurance: 'proved' });
    expect(shown.original?.arguments).toEqual(asked);
    expect(shown.payload.arguments).toEqual({ to: people.slice(0, 50), subject: 'Spring' });
  });

  it('a part is named members of the list, and nothing that is not in it', async () => {
    const id = await held({ to: ['a@x.example', 'b@x.example', 'c@x.example'] });
    const part = (only: readonly string[], argument = 'to') => node.approvals.approvePart({ ...act(id), part: { argument, only } });
    await expect(part(['d@x.example'])).rejects.toThrow('"d@x.example" is not in `to`: a part adds nothing');
    await expect(part(['a@x.example', 'a@x.example'])).rejects.toThrow('is not in `to`');
    await expect(part([])).rejects.toThrow('A part has one member at least');
    await expect(part(['a@x.example', 'b@x.example', 'c@x.example'])).rejects.toThrow('that is all of it');
    await expect(part(['a@x.example'], 'cc')).rejects.toThrow('`cc` is not a list of this call');
    await expect(part(['a@x.example'], '__proto__')).rejects.toThrow('is not a list');
    for (const first of [0, -1, 1.5, Number.NaN])
      await expect(node.approvals.approvePart({ ...act(id), part: { argument: 'to', first } })).rejects.toThrow('Nothing was changed');
    expect((await node.approvals.find(id))?.state).toBe('held');
    await part(['c@x.example', 'a@x.example']);
    await node.handle(mail({ to: ['a@x.example', 'b@x.example', 'c@x.example'] }));
    expect(sent()).toEqual([{ to: ['a@x.example', 'c@x.example'] }]);
  });

  it('an edit voids what was approved before, and whoever made it never approves it alone', async () => {
    await node.close();
    node = await openNode(at.address, () => startMs, {
      'high: { approvers: [group:managers], needs: 1': 'high: { approvers: [group:managers], needs: 2',
    });
    const id = await held({ to: ['a@x.example'], subject: 'x' });
    expect(await node.approvals.approve(act(id))).toMatchObject({ state: 'held', waitsFor: expect.stringContaining('1 more needed') });
    const edited = await node.approvals.edit({ ...act(id, osei), arguments: { to: ['b@x.example'], subject: 'y' } });
    expect(edited).toMatchObject({ state: 'held', approvals: [], editors: ['m.osei@corp.example'], edited: true });
    expect(node.told).toEqual([`held ${id}`, `approved ${id}`, `edited ${id}`]);
    await node.approvals.approve(act(id));
    expect(await node.approvals.approve(act(id, osei))).toMatchObject({ state: 'approved' });
    await node.handle(mail({ to: ['a@x.example'], subject: 'x' }));
    expect(sent()).toEqual([{ to: ['b@x.example'], subject: 'y' }]);
  });

  it('needs somebody else after an edit, also where one is enough', async () => {
    const id = await held({ to: ['a@x.example'] });
    await node.approvals.edit({ ...act(id), arguments: { to: ['b@x.example'] } });
    const own = await node.approvals.approve(act(id));
    expect(own).toMatchObject({ state: 'held', waitsFor: expect.stringContaining('k.lind@corp.example changed what would run') });
    expect((await node.handle(mail({ to: ['a@x.example'] }))).kind).toBe('held');
    expect(sent()).toEqual([]);
    await node.approvals.approve(act(id, osei));
    expect((await node.handle(mail({ to: ['a@x.example'] }))).kind).toBe('result');
    expect(sent()).toEqual([{ to: ['b@x.example'] }]);
  });

  it('is asked about as it is now: the same call names the same ticket, the edited one is another call', async () => {
    const id = await held({ to: ['a@x.example'] });
    await node.approvals.edit({ ...act(id), arguments: { to: ['b@x.example', 'c@x.example'] } });
    const again = await node.handle(mail({ to: ['a@x.example'] }));
    expect(again).toMatchObject({ kind: 'held', ticket: { id }, ruling: { says: expect.stringContaining('2 recipients') } });
    expect(ticketOf(await node.handle(mail({ to: ['b@x.example', 'c@x.example'] })))).not.toBe(id);
  });

  it('is decided anew from the top before it is accepted', async () => {
    const id = await held({ to: ['a@x.example'] });
    await expect(node.approvals.edit({ ...act(id), arguments: { to: 'everybody' } })).rejects.toThrow(
      /Changed like that it would be refused: .*policy_error/,
    );
    await expect(node.approvals.edit({ ...act(id), arguments: { to: ['a@x.example'] } })).rejects.toThrow(
      'These are the arguments that it has',
    );
    await node.stops.engage({
      scope: { kind: 'connector', id: 'mail' },
      mode: 'full',
      by: { person: 'op', assurance: 'proved' },
      reason: 'odd',
    });
    await expect(node.approvals.edit({ ...act(id), arguments: { to: ['b@x.example'] } })).rejects.toThrow('stopped');
    expect((await node.approvals.find(id))?.edited).toBe(false);
    expect((await entriesOf(node)).filter(({ action }) => action === 'ticket.change_refused')).toHaveLength(2);
    expect(sent()).toEqual([]);
  });

  it('may be changed only by who may approve it, with a credential shown just now, and while it waits', async () => {
    const id = await held({ to: ['a@x.example', 'b@x.example'] });
    const change = (by: typeof lind) => node.approvals.edit({ ...act(id, by), arguments: { to: ['c@x.example'] } });
    await expect(change(proven('j.rivera@corp.example'))).rejects.toThrow('not among them');
    await expect(change(proven('p.wu@corp.example'))).rejects.toThrow('not among them');
    await expect(change(proven('k.lind@corp.example', ['approver'], startMs - 3_600_000))).rejects.toThrow('within the last 5 minutes');
    await node.approvals.approve(act(id));
    await expect(change(osei)).rejects.toThrow('is approved and cannot be decided again');
    await expect(node.approvals.approvePart({ ...act(id, osei), part: { argument: 'to', first: 1 } })).rejects.toThrow('cannot be decided');
  });

  it('of an edit and an approval at the same moment, what was approved is what runs', async () => {
    for (let i = 0; i < 8; i++) {
      const args = { to: [`a${i}@x.example`] };
      const id = await held(args);
      await Promise.allSettled([
        node.approvals.approve(act(id)),
        node.approvals.edit({ ...act(id, osei), arguments: { to: [`b${i}@x.example`] } }),
      ]);
      const ticket = await node.approvals.find(id);
      await node.handle(mail(args));
      const ran = sent().filter((one) => JSON.stringify(one).includes(`${i}@x.example`));
      // Approved first: as asked. Edited first: the approval was for something else, so nothing ran.
      expect(ran).toEqual(
        ticket?.state === 'approved' && !ticket.edited ? [args] : ticket?.state === 'approved' ? [{ to: [`b${i}@x.example`] }] : [],
      );
      if (ticket?.edited) expect(ticket.approvals.every(({ atMs }) => atMs >= startMs)).toBe(true);
    }
  });
});
