import { afterEach, describe, expect, it } from 'vitest';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import type { SettleSpend, Spend } from '../../packages/server/src/kernel/limits.ts';
import { spendCounter } from '../../packages/server/src/runs/telemetry/spending.ts';
import { writeRequests } from '../../packages/server/src/runs/telemetry/store.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';

const keys = { master: Buffer.alloc(32, 1), names: Buffer.alloc(32, 2) };

describe.each(databases)('what is durable on $name', ({ fresh }) => {
  let at: FreshDatabase;
  afterEach(() => at.drop());

  it('counts against budgets once: after a crash in between, and when two processes count at once', async () => {
    at = await fresh();
    const { database } = at;
    const recorder = openRecorder({ database, keys });
    const tell = (from: number, many: number) =>
      recorder.commit({
        entries: [],
        steps: async (tx) => {
          const rows = Array.from({ length: many }, (_, i) => ({
            ...{ person: `p${i % 3}@corp.example`, session: `s${i % 7}`, request: `q${from + i}`, at_ms: from + i },
            ...{ model: null, agent: 'main', micro_usd: 10, tokens: 2, counted: 0 },
          }));
          await writeRequests(tx, rows);
          return { ok: true, quiet: true };
        },
      });
    const counted: Spend[] = [];
    let dies = true;
    const spend: SettleSpend = async (spends, claim) => {
      const committed = await recorder.commit({
        entries: [],
        steps: async (tx) => {
          if (!(await claim?.(tx))) return { ok: false, conflict: 'counted already' };
          if (dies) throw new Error('the machine died');
          return { ok: true, quiet: true };
        },
      });
      if (committed.status === 'committed') counted.push(...spends);
    };
    await tell(0, 40);
    await expect(spendCounter({ database, spend })()).rejects.toThrow('the machine died');
    expect(counted).toEqual([]);
    dies = false;
    await tell(40, 600);
    // Processes know nothing of each other but the database; who was too late leaves the rest to the next round.
    const [one, other] = [spendCounter({ database, spend }), spendCounter({ database, spend })];
    for (let round = 0; round < 3; round++) await Promise.all([one(), other(), one()]);
    const sum = (of: (spent: Spend) => number) => counted.reduce((all, spent) => all + of(spent), 0);
    expect(sum(({ usdMicroUnits }) => usdMicroUnits)).toBe(6_400);
    expect(sum(({ tokens }) => tokens)).toBe(1_280);
    await recorder.close();
  });
});
