import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { databases, type FreshDatabase } from '../../../../test/support/databases.ts';
import { type OpenRecorder, openRecorder } from '../effects/record/effect.ts';
import { poll } from './watch.ts';

const keys = { master: Buffer.alloc(32, 1), names: Buffer.alloc(32, 2) };
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

it('hears of what was committed before the first look came back', async () => {
  let answer = (_: string) => {};
  const marks = () => new Promise<string>((resolve) => (answer = resolve));
  const heard = new Promise<void>((resolve) => {
    onTestFinished(poll(marks, resolve, 60_000).stop);
  });
  answer('committed meanwhile');
  await heard;
});
