import type { Clock } from '../../../kernel/clock.ts';
import type { StopDetail } from '../../../kernel/stops.ts';
import type { StopDatabase, StopStore } from '../store.ts';
import { broughtAbout } from './brought-store.ts';
import { confirmationsOf, isHeld } from './nodes-store.ts';
import { mayReleaseText } from './releasing.ts';

/** Everything that is known of one stop; undefined where there is none. */
export async function showStop(
  { database, store, clock }: { readonly database: StopDatabase; readonly store: Pick<StopStore, 'act'>; readonly clock: Clock },
  id: string,
): Promise<StopDetail | undefined> {
  const act = await store.act(id);
  const stop = act.find((one) => one.id === id);
  if (!stop) return undefined;
  const about = { id, atMs: stop.atMs, endMs: stop.released?.atMs };
  const [nodes, held, brought] = await Promise.all([
    confirmationsOf(database, about, clock()),
    isHeld(database, id),
    broughtAbout(database, { ...about, ids: act.map((one) => one.id) }),
  ]);
  return { ...stop, also: act.filter((one) => one.id !== id), nodes, held, brought, mayRelease: mayReleaseText(stop) };
}
