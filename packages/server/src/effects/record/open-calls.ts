import type { Covered } from '../../kernel/covered.ts';
import { openCalls, unsettled } from './settle-store.ts';
import type { RecordDatabase } from './store.ts';

const entriesMax = 20_000;

/** The calls that were allowed and have not ended yet, on whichever node they run; of a very long record the newest. */
export async function callsInFlight(database: RecordDatabase): Promise<readonly Covered[]> {
  const { from, end } = await unsettled(database);
  const open = await openCalls(database, Math.max(from, end - entriesMax), end);
  return open.flatMap(({ entry }) => {
    const { kind, connector, tool, run, on_behalf_of: person, plugin: release, effect } = entry;
    if (kind !== 'decided' || connector === undefined) return [];
    return [{ connector, tool, run, person, release, plugin: release?.slice(0, release.lastIndexOf('@')), effect }];
  });
}
