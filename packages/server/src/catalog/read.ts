import type { DefinitionLister, DefinitionReader } from '../kernel/readers.ts';
import { type Pins, pinsOf } from './pins.ts';
import type { Row } from './row.ts';
import { type CatalogDatabase, catalogStore } from './store.ts';

/** The pinned definitions as this process knows them: answers come from memory. */
export interface PinnedCatalog extends DefinitionReader, DefinitionLister {
  /** Reads them again: another process may have pinned or accepted something. What cannot be read stays as it was. */
  reload(): Promise<void>;
}

/** Reads all pins. Rejects when they cannot be read at first. */
export async function openPinnedCatalog({ database }: { readonly database: CatalogDatabase }): Promise<PinnedCatalog> {
  const store = catalogStore(database);
  let [begun, stands] = [0, 0];
  let built = new Map<string, { readonly text: string; readonly pins: Pins }>();

  async function load(): Promise<void> {
    const turn = ++begun;
    const byConnection = Map.groupBy(await store.all(), (row) => row.connection);
    // Of two reads side by side the later one stands, and whoever waited for the earlier one has no less than that.
    if (turn < stands) return;
    stands = turn;
    built = new Map([...byConnection].map(([connection, rows]) => [connection, rebuilt(connection, rows)]));
  }

  /** Most reads find most connections as they were. */
  function rebuilt(connection: string, rows: readonly Row[]): { readonly text: string; readonly pins: Pins } {
    const text = rows.map((row) => `${row.kind} ${row.name} ${row.digest} ${row.changed_digest}`).join('\n');
    const before = built.get(connection);
    return before?.text === text ? before : { text, pins: pinsOf(rows) };
  }

  await load();
  return {
    find: (connection, method, name) => built.get(connection)?.pins.find(method, name),
    all: (connection) => built.get(connection)?.pins.definitions,
    reload: () => load().catch(() => undefined),
  };
}
