import type { SettleSpend } from '../../kernel/limits.ts';
import type { TreeDatabase } from '../tree/store.ts';
import { spentBy } from './spent-read.ts';
import { claimUncounted, uncounted } from './spent-store.ts';

const requestsAtOnce = 250;
/** What is left after so many is for the next time. */
const roundsMax = 100;

/**
 * Counts what models cost against budgets, from what is durable: a request counts once, whichever process counts it, and a
 * crash in between loses none. Calls that come while one waits share it.
 */
export function spendCounter({ database, spend }: { readonly database: TreeDatabase; readonly spend: SettleSpend }): () => Promise<void> {
  const count = async (): Promise<void> => {
    for (let round = 0; round < roundsMax; round++) {
      const rows = await uncounted(database, requestsAtOnce);
      if (rows.length === 0) return;
      const people = [...Map.groupBy(rows, ({ person }) => person)];
      const spends = await Promise.all(people.map(([person, own]) => spentBy(database, person, own)));
      await spend(spends.flat(), (tx) => claimUncounted(tx, rows));
      if (rows.length < requestsAtOnce) return;
    }
  };
  let last: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  return () => {
    waiting ??= last
      .catch(() => undefined)
      .then(() => {
        waiting = undefined;
        return count();
      });
    last = waiting;
    return waiting;
  };
}
