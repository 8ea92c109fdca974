import { type PolicyDatabase, readPointer, readSet } from './policy/read.ts';

/** Who made the last change of the running policy, where that is known: they decide nothing on their own. */
export function authorOver(database: PolicyDatabase): () => Promise<string | undefined> {
  return async () => {
    const pointer = await readPointer(database);
    return pointer && (await readSet(database, pointer.digest))?.by;
  };
}
