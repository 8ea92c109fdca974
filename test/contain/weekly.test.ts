import { afterEach, describe, expect, it } from 'vitest';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openStops } from '../../packages/server/src/stages/contain/act.ts';
import { openRehearsals } from '../../packages/server/src/stages/contain/rehearsal/act.ts';
import { updateRehearsal } from '../../packages/server/src/stages/contain/rehearsal/store.ts';
import { startRehearsals } from '../../packages/server/src/stages/contain/rehearsal/worker.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';

const keys = { master: Buffer.alloc(32, 1), names: Buffer.alloc(32, 2) };

describe.each(databases)('the rehearsal on $name', ({ fresh }) => {
  let at: FreshDatabase;
  afterEach(() => at.drop());

  it('is asked for when the last one is as long ago as it may be, and not a moment before', async () => {
    at = await fresh();
    const { database } = at;
    const recorder = openRecorder({ database, keys });
    let [nowMs, looks] = [Date.now(), 0];
    const hostMs = () => {
      looks++;
      return nowMs;
    };
    const rehearsals = openRehearsals({ database, recorder, clock: () => nowMs });
    const first = (await rehearsals.begin('boss@corp.example')) ?? '';
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        await updateRehearsal(tx, first, { state: 'passed', finished_at_ms: nowMs });
        return { ok: true };
      },
    });
    const everyMs = 20;
    const end = startRehearsals({
      ...{ database, recorder, hostMs, everyMs, lookMs: 20, node: 'one', alarm: () => undefined, watch: () => () => undefined },
      stops: await openStops({ database, recorder, clock: Date.now }),
      ways: () => [],
    });
    const asked = async () => (await rehearsals.list(10)).map(({ by }) => by);
    nowMs += everyMs - 1;
    const from = looks;
    await expect.poll(() => looks - from, { timeout: 10_000 }).toBeGreaterThan(3);
    expect(await asked()).toEqual(['boss@corp.example']);
    nowMs += 1;
    await expect.poll(asked, { timeout: 10_000 }).toEqual(['weekly', 'boss@corp.example']);
    await end();
    await recorder.close();
  });
});
