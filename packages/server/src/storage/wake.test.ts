import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { databases, type FreshDatabase } from '../../../../test/support/databases.ts';
import { type OpenRecorder, openRecorder } from '../effects/record/effect.ts';
import { poll } from './watch.ts';

const keys = { master: Buffer.alloc(32, 1), names: Buffer.alloc(32, 2) };
const waits = { timeout: 20_000, interval: 50 };
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe.each(databases)('watching on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let recorder: OpenRecorder;
  beforeEach(async () => {
    at = await fresh();
    recorder = openRecorder({ database: at.database, keys });
  });
  afterEach(async () => {
    await recorder.close();
    await at.drop();
  });
  const changes = async () => (await at.database.read.selectFrom('latch').select('changes').executeTakeFirstOrThrow()).changes;

  it('is not woken by what changes nothing that is watched', async () => {
    const before = await changes();
    await recorder.commit({ entries: [], steps: async () => ({ ok: true, quiet: true }) });
    expect(await changes()).toBe(before);
    await recorder.commit({ entries: [], steps: async () => ({ ok: true }) });
    expect(await changes()).toBe(before + 1);
  });

  it('hears of a commit of its own process', async () => {
    let heard = () => {};
    const change = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const unwatch = at.database.watch(() => heard());
    await turn();
    await recorder.commit({ entries: [], steps: async () => ({ ok: true }) });
    // On the embedded store at once, before the next look of the poll could be.
    if (at.database.kind === 'sqlite') expect(await Promise.race([change.then(() => 'heard'), turn().then(() => 'not yet')])).toBe('heard');
    await change;
    unwatch();
  });
});

describe.each(databases.filter(({ name }) => name === 'postgres'))('many who watch on $name', ({ fresh }) => {
  it('are told by one connection', async () => {
    const { database, drop } = await fresh();
    onTestFinished(drop);
    const recorder = openRecorder({ database, keys });
    onTestFinished(() => recorder.close());
    const heard = Array.from({ length: 12 }, () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      return { promise, unwatch: database.watch(resolve) };
    });
    await recorder.commit({ entries: [], steps: async () => ({ ok: true }) });
    await Promise.all(heard.map(({ promise }) => promise));
    const listening = sql<{
      n: number;
    }>`select count(*)::int as n from pg_stat_activity where datname = current_database() and query like 'LISTEN%'`;
    await vi.waitFor(async () => expect((await listening.execute(database.read)).rows).toEqual([{ n: 1 }]), waits);
    for (const { unwatch } of heard) unwatch();
    await vi.waitFor(async () => expect((await listening.execute(database.read)).rows).toEqual([{ n: 0 }]), waits);
  });
});

it('hears of what was committed before the first look came back', async () => {
  let answer = (_: string) => {};
  const marks = () => new Promise<string>((resolve) => (answer = resolve));
  const heard = new Promise<void>((resolve) => {
    onTestFinished(poll(marks, resolve, 60_000).stop);
  });
  answer('committed meanwhile');
  await heard;
});
