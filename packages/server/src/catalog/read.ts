import type { DefinitionLister, DefinitionReader } from '../kernel/readers.ts';
import { type Pins, pinsOf } from './pins.ts';
import { type CatalogDatabase, catalogStore, type Mark } from './store.ts';

/** The pinned definitions as this process knows them: answers come from memory. */
export interface PinnedCatalog extends DefinitionReader, DefinitionLister {
  /** Reads them again: another process may have pinned or accepted something. What cannot be read stays as it was. */
  reload(): Promise<void>;
}

interface Built {
  readonly text: string;
  readonly pins: Pins;
}

function textOf(rows: readonly Mark[]): string {
  return rows.map((row) => `${row.kind} ${row.name} ${row.digest} ${row.changed_digest}`).join('\n');
}

/** Reads all pins. Rejects when they cannot be read at first. */
export async function openPinnedCatalog({ database }: { readonly database: CatalogDatabase }): Promise<PinnedCatalog> {
  const store = catalogStore(database);
  let [begun, stands] = [0, 0];
  let built: ReadonlyMap<string, Built> = new Map();

  async function load(): Promise<void> {
    const turn = ++begun;
    const known = built;
    const found = new Map<string, Built>();
    for (const [connection, marks] of Map.groupBy(await store.marks(), (row) => row.connection)) {
      const before = known.get(connection);
      // Most reads find most connections as they were: what they say is read of the others only.
      if (before?.text === textOf(marks)) found.set(connection, before);
      else {
        const rows = await store.of(connection);
        if (rows.length > 0) found.set(connection, { text: textOf(rows), pins: pinsOf(rows) });
      }
    }
    // Of two reads side by side the later one stands, and whoever waited for the earlier one has no less than that.
    if (turn < stands) return;
    stands = turn;
    built = found;
  }

  await load();
  return {
    find: (connection, method, name) => built.get(connection)?.pins.find(method, name),
    all: (connection) => built.get(connection)?.pins.definitions,
    reload: () => load().catch(() => undefined),
  };
}
