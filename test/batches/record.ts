import type { Entry } from '@trapkey/contract/entry.ts';
import type { Config } from '../../packages/server/src/config.ts';
import { recordHouse } from '../../packages/server/src/wire-record.ts';

/** Entries of the stored record, oldest first, as an auditor reads them. */
export async function entriesIn(config: Config, query: string): Promise<readonly Entry[]> {
  const house = await recordHouse(config, {});
  try {
    const { entries } = await house.list(query, { limit: 1_000 });
    return entries.toReversed();
  } finally {
    await house.close();
  }
}
