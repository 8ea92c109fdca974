import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPayloads } from '../../packages/server/src/effects/record/payload-read.ts';
import type { Announce } from '../../packages/server/src/kernel/messages.ts';
import { openApprovals } from '../../packages/server/src/stages/gate/deciding/act.ts';
import { openRunner } from '../../packages/server/src/stages/gate/running/act.ts';
import { entriesOf, keys } from '../gate/desk.ts';
import { type Node, openNode } from '../gate/node.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { racedCall } from './calls.ts';

describe.each(databases)('what goes wrong between a decision and its effect, on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let node: Node;
  const startedAtMs = Date.now();
  beforeEach(async () => {
    at = await fresh();
    node = await openNode(at.address, Date.now);
  });
  afterEach(async () => {
    await node.close();
    await at.drop();
  });

  const call = () => racedCall(7, startedAtMs);
  const held = async (): Promise<string> => {
    const handled = await node.handle(call());
    if (handled.kind !== 'held') throw new Error(JSON.stringify(handled));
    return handled.ticket.id;
  };
  const by = () => ({ person: 'k.lind@corp.example', roles: ['approver'], freshAtMs: Date.now() });
  const approve = (ticket: string, on = node) => on.approvals.approve({ ticket, by: by(), via: 'test' });
  const stateOf = async (ticket: string) => (await node.approvals.find(ticket))?.state;
  const codeOf = async () => {
    const handled = await node.handle(call());
    return handled.kind === 'refused' ? handled.ruling.code : handled.kind;
  };

  /** Runs a process until it says the word, then ends it the hard way. */
  const killedAt = async (word: string, ticket: string, more: object = {}): Promise<void> => {
    const order = { address: at.address, ticket, raced: 7, execute: word === 'reached', frozenAtMs: startedAtMs, ...more };
    const child = spawn(process.execPath, [fileURLToPath(new URL('faller.ts', import.meta.url)), JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TRAPKEY_TEST_KEY: keys.master.toString('hex') },
    });
    const ended = once(child, 'exit');
    const lines = createInterface({ input: child.stdout });
    const said = await Promise.race([once(lines, 'line').then(([line]) => line), ended.then(([code]) => `ended with ${code}`)]);
    expect(said).toBe(word);
    child.kill('SIGKILL');
    await ended;
  };

  it('kill -9 after the approval: nothing ran, and it runs once when the agent comes back', async () => {
    const id = await held();
    await killedAt('approved', id);
    expect(await stateOf(id)).toBe('approved');
    await node.tickets.refresh();
    expect(await codeOf()).toBe('result');
    expect(node.upstream.reached).toHaveLength(1);
    expect(await codeOf()).toBe('held');
    expect(node.upstream.reached).toHaveLength(1);
  });

  it('kill -9 while it runs: nobody knows whether it happened, it is said so, and it never runs again by itself', async () => {
    const id = await held();
    await killedAt('reached', id);
    expect(await stateOf(id)).toBe('executing');
    expect(await codeOf()).toBe('ticket_used');
    expect(await node.tickets.closeAbandoned(0)).toEqual([id]);
    expect(await stateOf(id)).toBe('unknown');
    expect((await entriesOf(node)).find(({ kind }) => kind === 'closed')).toMatchObject({ ticket: id, outcome: 'unknown' });
    expect(await codeOf()).toBe('held');
    expect(node.upstream.reached).toEqual([]);
  });

  it('kill -9 while an idempotent tool runs: it runs once more by itself with the same key, and after a second time never', async () => {
    const edit = {
      'reach: "1", says: "delete contact {args.id}"':
        'reach: "1", says: "delete contact {args.id}", idempotent: true, idempotency_argument: key',
    };
    const again = await openNode(at.address, Date.now, edit);
    const runner = openRunner({
      ...again,
      clock: Date.now,
      unseal: openPayloads({ database: again.database, master: keys.master }).unseal,
      handle: (one) => again.handle(one),
      outlived: async () => undefined,
      failed: (_, error) => {
        throw error;
      },
    });
    const id = await held();
    await killedAt('reached', id, { edit });
    expect(await again.tickets.closeAbandoned(0)).toEqual([]);
    expect(await stateOf(id)).toBe('approved');
    expect(await runner.runDue()).toBe(1);
    expect(again.upstream.reached.map(({ params }) => params['arguments'])).toEqual([{ id: '7', key: id }]);
    expect(await stateOf(id)).toBe('done');
    expect((await entriesOf(node)).filter(({ kind }) => kind === 'closed')).toMatchObject([{ ticket: id, outcome: 'unknown' }]);
    // The same, but the second run is killed too.
    const second = await held();
    await killedAt('reached', second, { edit });
    expect(await again.tickets.closeAbandoned(0)).toEqual([]);
    await killedAt('reached', second, { edit, approved: true });
    expect(await again.tickets.closeAbandoned(0)).toEqual([second]);
    expect(await stateOf(second)).toBe('unknown');
    expect(await runner.runDue()).toBe(0);
    expect(again.upstream.reached).toHaveLength(1);
    await again.close();
  });

  it('an upstream that dies while it runs leaves the ticket unknown', async () => {
    const id = await held();
    await approve(id);
    node.upstream.answers.set('delete_contact', 'lost');
    expect(await node.handle(call())).toMatchObject({ kind: 'refused', happened: 'unknown' });
    expect(await stateOf(id)).toBe('unknown');
    node.upstream.answers.delete('delete_contact');
    expect(await codeOf()).toBe('held');
    expect(node.upstream.reached).toHaveLength(1);
  });

  it('a decision while the database is away is no decision', async () => {
    const id = await held();
    const gone = await openNode(at.address, Date.now);
    await gone.close();
    await expect(approve(id, gone)).rejects.toThrow();
    await expect(gone.handle(call())).resolves.toMatchObject({ kind: 'refused', ruling: { code: 'record_unavailable' } });
    expect(await stateOf(id)).toBe('held');
    expect((await entriesOf(node)).filter(({ kind }) => kind === 'approved')).toEqual([]);
  });

  it('a decision whose messages cannot be written is no decision, and nothing of it is on record', async () => {
    const id = await held();
    const announce: Announce = async () => {
      throw new Error('the disk is full');
    };
    const { database, recorder } = node;
    const approvals = openApprovals({ database, recorder, clock: Date.now, policy: () => node.policy, unseal: async () => null, announce });
    await expect(approvals.approve({ ticket: id, by: by(), via: 'test' })).rejects.toThrow('the disk is full');
    await expect(approvals.refuse({ ticket: id, by: by(), via: 'test', reason: 'no' })).rejects.toThrow('the disk is full');
    expect(await stateOf(id)).toBe('held');
    expect((await entriesOf(node)).filter(({ kind }) => kind === 'approved' || kind === 'refused')).toEqual([]);
    expect(await approve(id)).toMatchObject({ state: 'approved' });
  });

  it('an argument that changed after the approval is another call; what was approved is what runs', async () => {
    const id = await held();
    await approve(id);
    const changed = { ...call(), args: { id: '8' } };
    expect((await node.handle(changed)).kind).toBe('held');
    expect(node.upstream.reached).toEqual([]);
    expect(await codeOf()).toBe('result');
    expect(node.upstream.reached.map(({ params }) => params['arguments'])).toEqual([{ id: '7' }]);
  });
});
