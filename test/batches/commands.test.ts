import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPeople } from '../../packages/server/src/access/people/act.ts';
import { batchCommands } from '../../packages/server/src/cli/batch.ts';
import type { People } from '../../packages/server/src/kernel/people.ts';
import type { Tx } from '../../packages/server/src/kernel/recorder.ts';
import { openApplying } from '../../packages/server/src/stages/gate/batches/applying/act.ts';
import { claimBatch, dueBatches, leaveClaim, moveBatch } from '../../packages/server/src/stages/gate/batches/applying/applying-store.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { ann, boss, dave } from '../support/e2e-policy.ts';
import { openShelf, type Shelf, whose, wishesOf } from './shelf.ts';

const claimed = { person: 'os:root', assurance: 'claimed' } as const;
const [sqlite] = databases;

describe('batches from the terminal', () => {
  let fresh: FreshDatabase;
  let shelf: Shelf;
  let people: People;
  const codes = new Map<string, string>();
  beforeEach(async () => {
    fresh = await (sqlite as NonNullable<typeof sqlite>).fresh();
    shelf = await openShelf(fresh, { stage: '{ over: 0 per run, sample: 2 }' });
    people = openPeople(shelf.parts);
    codes.set(boss, (await people.enrollFirst(boss)).code);
    const by = { person: boss, roles: ['administrator'], freshAtMs: shelf.clock.atMs };
    for (const person of [dave, ann]) codes.set(person, (await people.enroll(person, ['approver'], by)).code);
  });
  afterEach(async () => {
    await shelf.close();
    await fresh.drop();
  });

  const proposed = async (): Promise<string> => {
    const batch = await shelf.stage(wishesOf(6));
    await shelf.agents.submit(batch, whose, 'agent');
    return batch;
  };
  /** As a process leaves it that cannot find out yet what came of a change: looked at again in a minute. */
  const leftRunning = async (batch: string): Promise<void> => {
    const { recorder, database } = shelf.parts;
    const { atMs } = shelf.clock;
    const steps = async (tx: Tx) => {
      await moveBatch(tx, batch, ['paused'], { state: 'applying' });
      await claimBatch(tx, batch, 'one', atMs);
      await moveBatch(tx, batch, ['applying'], { state: 'paused' });
      await leaveClaim(tx, batch, 'one', atMs + 60_000);
      return { ok: true } as const;
    };
    expect(await recorder.commit({ entries: [], steps })).toMatchObject({ status: 'committed' });
    expect(await dueBatches(database, atMs + 60_000, 5)).toEqual([batch]);
  };
  const due = () => dueBatches(shelf.parts.database, shelf.clock.atMs, 5);
  /** Runs a command as a process would, with the code of a person on its standard input. */
  const run = async (args: readonly string[], as?: string) => {
    const written = { out: '', err: '' };
    const to = (where: 'out' | 'err') => (chunk: unknown) => {
      written[where] += String(chunk);
    };
    const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), Object.assign(new PassThrough(), { isTTY: false })];
    stdout.on('data', to('out'));
    stderr.on('data', to('err'));
    stdin.end(as === undefined ? '' : codes.get(as));
    const root = new Command().exitOverride().configureOutput({ writeErr: to('err'), writeOut: to('out') });
    const open = async () => ({
      ...{ desk: shelf.desk, applying: openApplying(shelf.parts), people, claimed },
      close: async () => undefined,
    });
    batchCommands(root, open, { stdin, stdout, stderr, env: {} });
    await root.parseAsync(['batch', ...args, ...(as === undefined ? [] : ['--as', as, '--code-stdin'])], { from: 'user' });
    return written;
  };

  it('lists, shows and reads a sample; that somebody read it is on record as claimed', async () => {
    const batch = await proposed();
    expect((await run(['list'])).out).toMatch(new RegExp(`BATCH +STATE[\\s\\S]*${batch} +proposed +6 +0/2`));
    expect(JSON.parse((await run(['list', '--state', 'applied', '--json'])).out)).toEqual([]);
    const { out } = await run(['show', batch.toLowerCase()]);
    expect(out).toContain('crm-act.set_tier tier:\n        6  B → A');
    expect(out).toContain('2 of 6 changes were drawn by lot. If each of them is right');
    const sample = JSON.parse((await run(['sample', batch, '--json'])).out) as { readonly sample: readonly { readonly drawn: number }[] };
    expect(sample.sample.map(({ drawn }) => drawn)).toEqual([1, 2]);
    expect((await run(['sample', batch])).out).toContain('tier: B → A');
    expect((await run(['show', batch, '--state', 'staged', '--after', '4'])).out).toMatch(
      /\n5 {2}crm-act.set_tier, id 10004[\s\S]*\n6 {2}/,
    );
    expect(shelf.entries.at(-1)).toMatchObject({ action: 'payload.read', on_behalf_of: 'os:root', assurance: { on_behalf_of: 'claimed' } });
  });

  it("marks, refuses and applies with a code of one's own, and says how it stands then", async () => {
    const batch = await proposed();
    const sample = await shelf.desk.changes(batch, { which: 'sample', after: 0, max: 5 }, claimed);
    const [one = 0, two = 0] = sample.map(({ n }) => n);
    await expect(run(['mark', batch, String(one), 'right', '--as', dave])).rejects.toThrow('This needs your code');
    await expect(run(['mark', batch, String(one), 'right'], ann)).rejects.toThrow(/ann@corp.example (asked|is not among them)/);
    await expect(run(['mark', batch, String(one), 'wrong'], dave)).rejects.toThrow('Say what is wrong with it');
    await expect(run(['mark', batch, 'x', 'right'], dave)).rejects.toThrow();
    await expect(run(['mark', batch, String(one), 'fine'], dave)).rejects.toThrow();
    expect((await run(['mark', batch, String(one), 'right'], dave)).out).toContain('1 of 2 marked, 0 wrong');
    await expect(run(['apply', batch], dave)).rejects.toThrow('is proposed and cannot be applied');
    expect((await run(['mark', batch, String(two), 'right'], dave)).out).toContain(`Batch ${batch} is ready`);
    expect(JSON.parse((await run(['apply', batch, '--json'], dave)).out)).toMatchObject({ state: 'applying', applied_by: dave });
    expect((await run(['pause', batch, '--reason', 'lunch'], dave)).out).toContain('Paused      dave@corp.example: lunch');
    await expect(run(['refuse', batch, '--reason', 'no'], dave)).rejects.toThrow('is paused and cannot be refused');
    await leftRunning(batch);
    expect(await due()).toEqual([]);
    expect((await run(['resume', batch], dave)).out).toContain(`Batch ${batch} is applying`);
    // Whoever resumes wants to know now.
    expect(await due()).toEqual([batch]);
    expect((await run(['abort', batch, '--reason', 'enough'], dave)).out).toContain(`Batch ${batch} is aborted`);
    expect((await run(['show', batch, '--state', 'dropped'])).out).toContain('dropped');
  });

  it('takes back nothing that is wrong without a reason, a code, and words for what is no batch', async () => {
    const batch = await proposed();
    const [first] = await shelf.desk.changes(batch, { which: 'sample', after: 0, max: 1 }, claimed);
    expect((await run(['mark', batch, String(first?.n), 'wrong', '--note', 'a B it is'], dave)).out).toContain('is returned');
    await expect(run(['approve', batch], dave)).rejects.toThrow('needs a reason');
    expect((await run(['refuse', batch, '--reason', 'again, please'], dave)).out).toContain('Reason      again, please');
    await expect(run(['show', 'B-1'])).rejects.toThrow('That is not the id of a batch');
    await expect(run(['show', 'B-0000000000'])).rejects.toThrow('There is no batch B-0000000000');
    await expect(run(['settle', batch, '1', 'done', '--reason', 'saw it'], dave)).rejects.toThrow('is not one whose outcome is unknown');
    expect((await run(['list', '--state', 'refused'])).out).toContain(batch);
  });
});
