import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { draw } from './draw.ts';
import { ruledOut } from './hypergeometric.ts';
import { statement } from './statement.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the statement of a sample', () => {
  it('says it in words and numbers', () => {
    const said = statement({ size: 500, sampled: 10, wrong: 0 });
    expect(said).toMatchObject({ ruledOut: 129, ruledOutShare: 0.258, confidence: 0.95 });
    expect(said.needed).toEqual([
      { share: 0.05, changes: 25, sample: 56 },
      { share: 0.01, changes: 5, sample: 225 },
    ]);
    expect(said.says).toMatchInlineSnapshot(
      `"10 of 500 changes were drawn by lot and looked at: none is wrong. At 95 % confidence this rules out that 129 (25.8 %) or more are wrong: then at most 5 % of all draws would look this good. Fewer may be wrong. It takes a clean sample of 56 to rule out 5 % (25), and of 225 to rule out 1 % (5)."`,
    );
    expect(statement({ size: 500, sampled: 10, wrong: 2 }).says).toMatchInlineSnapshot(
      `"10 of 500 changes were drawn by lot and looked at: 2 are wrong. At 95 % confidence this rules out that 253 (50.6 %) or more are wrong: then at most 5 % of all draws would look this good. Fewer may be wrong."`,
    );
    expect(statement({ size: 100_000, sampled: 299, wrong: 0 }).says).toMatchInlineSnapshot(
      `"299 of 100,000 changes were drawn by lot and looked at: none is wrong. At 95 % confidence this rules out that 996 (0.996 %) or more are wrong: then at most 5 % of all draws would look this good. Fewer may be wrong."`,
    );
    expect(statement({ size: 500, sampled: 0, wrong: 0 }).says).toMatchInlineSnapshot(
      `"None of the 500 changes was looked at: nothing is known about them."`,
    );
    expect(statement({ size: 3, sampled: 3, wrong: 1 }).says).toMatchInlineSnapshot(`"All 3 changes were looked at: 1 is wrong."`);
    expect(statement({ size: 1, sampled: 1, wrong: 0 }).says).toMatchInlineSnapshot(`"The one change was looked at: none is wrong."`);
    expect(statement({ size: 4, sampled: 2, wrong: 2 }).says).toMatchInlineSnapshot(
      `"2 of 4 changes were drawn by lot and looked at: 2 are wrong. At 95 % this rules out no number of wrong ones."`,
    );
  });

  it('holds as often as it says, over 10,000 batches of somebody who knows the rules but not the seed', () => {
    const batches = 10_000;
    const sizes = [40, 100, 160];
    let wrongStatements = 0;
    let cleanButBad = 0;
    const known = new Map<string, number | undefined>();
    const least = (size: number, sampled: number, wrong: number) => {
      const key = `${size}/${sampled}/${wrong}`;
      if (!known.has(key)) known.set(key, ruledOut({ size, sampled, wrong }, 0.95));
      return known.get(key);
    };
    // Contents are the adversary's; the digests of a pool stand for what it may choose from.
    const pool = Array.from({ length: 400 }, (_, at) => hash(`change ${at}`));
    for (let batch = 0; batch < batches; batch++) {
      const size = sizes[batch % sizes.length] as number;
      const from = (batch * 7) % (pool.length - size);
      const digests = pool.slice(from, from + size);
      const sampled = 10;
      // As many wrong ones as a clean sample would deny: one fewer, and no statement could be wrong.
      const bad = placed(digests, least(size, sampled, 0) as number, batch);
      const drawn = draw({
        seed: createHash('sha256').update(`seed ${batch}`).digest(),
        root: hash(digests.join()),
        digests,
        size: sampled,
      });
      const wrong = drawn.filter(({ digest }) => bad.has(digest)).length;
      if ((least(size, sampled, wrong) ?? Number.POSITIVE_INFINITY) <= bad.size) wrongStatements++;
      if (wrong === 0) cleanButBad++;
    }
    expect(wrongStatements).toBe(cleanButBad);
    // 5 % at most, and three standard deviations of 10,000 tries; far less would mean that the bound is idle.
    expect(wrongStatements / batches).toBeLessThan(0.0566);
    expect(wrongStatements / batches).toBeGreaterThan(0.04);
  });
});

/** Where the adversary puts them: at the edges, in the middle, spread, or where digests are lowest, by what it has seen. */
function placed(digests: readonly string[], count: number, batch: number): ReadonlySet<string> {
  const sorted = [...digests].sort();
  const orders = [
    sorted,
    [...sorted].reverse(),
    digests,
    [...digests].reverse(),
    [...sorted.slice(digests.length >> 2), ...sorted.slice(0, digests.length >> 2)],
    // By a digit of the digest that changes with each batch.
    [...sorted].sort((one, other) => one.charCodeAt(batch % 64) - other.charCodeAt(batch % 64)),
  ];
  return new Set((orders[batch % orders.length] as readonly string[]).slice(0, count));
}
