import { compileBounds } from './policy/cel/bounds.ts';
import { liveGrants } from './stages/gate/grants/read.ts';
import type { Store } from './wire.ts';

/** The grants of a store that are live: they let calls run without a person, too. */
export function liveGrantsOf({ database, clock }: Pick<Store, 'database' | 'clock'>) {
  return () => liveGrants(database, compileBounds, clock());
}
