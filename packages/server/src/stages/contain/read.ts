import type { StopView } from '../../kernel/readers.ts';
import { type StopDatabase, stopStore } from './store.ts';

/** The stops that are engaged now, newest first; for the CLI, which reads them without a server. */
export async function listStops(database: StopDatabase): Promise<readonly StopView[]> {
  const { stops } = await stopStore(database).snapshot();
  return stops.toSorted((a, b) => b.atMs - a.atMs);
}
