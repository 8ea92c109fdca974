import { openPinnedCatalog } from './catalog/read.ts';
import { compileBounds } from './policy/cel/bounds.ts';
import { recordedAutonomy } from './stages/gate/autonomy/read.ts';
import { recordedGrants } from './stages/gate/grants/read.ts';
import { recipientsDigest } from './stages/gate/recipients.ts';
import type { Store } from './wire.ts';

/** What calls are decided again by besides policy: the catalog of now, grants and levels as they stood. */
export async function recordedReaders({ database, keys }: Pick<Store, 'database' | 'keys'>) {
  const [definitions, grants, autonomy] = await Promise.all([
    openPinnedCatalog({ database }),
    recordedGrants(database, compileBounds),
    recordedAutonomy(database),
  ]);
  return { definitions, grants, autonomy, recipientsDigest: recipientsDigest(keys.names) };
}
