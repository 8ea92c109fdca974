import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type FreshDatabase } from '../../../../test/support/databases.ts';
import { type OpenRecorder, openRecorder } from '../effects/record/effect.ts';
import type { Run, Subject } from '../kernel/facts.ts';
import { keepRuns } from './lasting/worker.ts';
import { openRuns, type Runs } from './read.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 5, 6);
const keys = { master: Buffer.alloc(32, 1), names: Buffer.alloc(32, 2) };

describe.each(databases)('runs on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let recorder: OpenRecorder;
  let runs: Runs;
  let nowMs: number;
  const open = () => openRuns({ database: at.database, clock: () => nowMs });
  beforeEach(async () => {
    nowMs = startMs;
    at = await fresh();
    recorder = openRecorder({ database: at.database, keys });
    runs = await open();
  });
  afterEach(async () => {
    await recorder.close();
    await at.drop();
  });

  const who = { person: 'ada@corp.example', plugin: 'sales', version: '2.1.0', session: undefined, profile: undefined };
  const current = (change: Partial<typeof who | { session: string; profile: string }> = {}): Run =>
    runs.current({ ...who, ...change, atMs: nowMs });
  const write = async (run: Run, profile?: string) => {
    const subject = {
      ...who,
      plugin: { id: 'sales', version: '2.1.0' },
      profile: profile === undefined ? undefined : { id: profile },
      run,
    };
    const steps = async (tx: Parameters<Runs['write']>[0]) => {
      await runs.write(tx, subject as unknown as Subject, undefined);
      return { ok: true } as const;
    };
    await recorder.commit({ entries: [], steps });
    runs.written(run.id);
  };

  it('stay fresh until they are written, and are one for calls that begin together', async () => {
    const first = current();
    expect(first).toMatchObject({ fresh: true, startedAtMs: startMs });
    expect(current()).toEqual(first);
    await Promise.all([write(first), write(first)]);
    expect(current()).toEqual({ ...first, fresh: false });
    expect(await at.database.read.selectFrom('runs').selectAll().execute()).toHaveLength(1);
  });

  it('are one for each person, release, profile and session', () => {
    const ids = [
      {},
      { person: 'bo@corp.example' },
      { version: '2.2.0' },
      { profile: 'outreach' },
      { profile: 'lookup' },
      { session: 's1' },
      { session: 's2' },
    ];
    expect(new Set(ids.map((change) => current(change).id)).size).toBe(ids.length);
    expect(current({ person: 'Ada@Corp.example' }).id).toBe(current().id);
  });

  it('end with eight hours of silence, not of work', () => {
    const first = current();
    for (let i = 0; i < 3; i++) {
      nowMs += 7 * hourMs;
      expect(current().id).toBe(first.id);
    }
    nowMs += 8 * hourMs;
    expect(current().id).not.toBe(first.id);
    expect(current().startedAtMs).toBe(nowMs);
  });

  it('go on after a restart, with their profile, when they began lately', async () => {
    const first = current();
    const profiled = current({ profile: 'outreach' });
    await write(first);
    await write(profiled, 'outreach');
    nowMs += hourMs;
    runs = await open();
    expect(current()).toEqual({ ...first, fresh: false });
    expect(current({ profile: 'outreach' })).toEqual({ ...profiled, fresh: false });
    nowMs += 8 * hourMs;
    runs = await open();
    expect(current().id).not.toBe(first.id);
  });

  it('go on after a restart when their last call, not their first, was lately', async () => {
    const first = current();
    await write(first);
    nowMs += 7 * hourMs;
    current();
    await keepRuns({ runs, recorder })();
    expect(runs.heard()).toEqual([]);
    nowMs += 7 * hourMs;
    runs = await open();
    expect(current()).toEqual({ ...first, fresh: false });
  });

  it('are bounded: the one used longest ago is forgotten first', async () => {
    runs = await openRuns({ database: at.database, clock: () => nowMs, runsMax: 2 });
    const [a, b] = [current({ session: 'a' }), current({ session: 'b' })];
    current({ session: 'a' });
    current({ session: 'c' });
    expect(current({ session: 'a' }).id).toBe(a.id);
    expect(current({ session: 'b' }).id).not.toBe(b.id);
  });
});
