import type { Definitions } from '@trapkey/contract/upstream.ts';
import type { CatalogDoor, DefinitionView } from '../kernel/catalog.ts';
import type { Clock } from '../kernel/clock.ts';
import { UserError } from '../kernel/errors.ts';
import type { LintedDefinition } from '../kernel/inventory.ts';
import type { Recorder } from '../kernel/recorder.ts';
import type { DefinitionLint } from '../kernel/release-sources.ts';
import { compare, unchanged } from './compare.ts';
import { definitionChanges } from './diff/definitions.ts';
import { acceptedEntry, lookedEntry, suspiciousEntry } from './entries.ts';
import { itemsOf } from './items.ts';
import { stateOf } from './pins.ts';
import type { Row } from './row.ts';
import { ownersOf, screened } from './screen.ts';
import { type CatalogDatabase, catalogStore } from './store.ts';

/** Pins what an upstream declares, and lets people review what changed since. */
export interface Catalog extends CatalogDoor {
  /** Compares what an upstream says now with its pins, and writes down what differs. True when something was written. */
  look(connection: string, definitions: Definitions): Promise<boolean>;
}

/** Opens the catalog. */
export function openCatalog({
  database,
  recorder,
  clock,
  lint,
}: {
  readonly database: CatalogDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly lint: DefinitionLint;
}): Catalog {
  const store = catalogStore(database);
  const rowsOf = async (connection?: string) => (connection === undefined ? await store.all() : await store.of(connection));
  return {
    async look(connection, definitions) {
      const items = itemsOf(definitions);
      if (unchanged(compare(await store.of(connection), items))) return false;
      const atMs = clock();
      const own = [...items.values()].map(({ kind, name }) => ({ connection, kind, name }));
      const others = ownersOf([...(await store.names()), ...own], connection);
      const committed = await recorder.commit({
        entries: [],
        steps: async (tx) => {
          const differs = compare(await store.ofIn(tx, connection), items);
          if (unchanged(differs)) return { ok: false, conflict: 'another process wrote it down' };
          const { comparison, suspicious } = screened(differs, connection, lint, others);
          await store.write(tx, connection, comparison, 'first sight', atMs);
          const speaks = suspicious.length > 0 ? [suspiciousEntry(connection, suspicious, atMs)] : [];
          return { ok: true, entries: [lookedEntry(connection, comparison, atMs), ...speaks] };
        },
      });
      return committed.status === 'committed';
    },
    list: async (connection) => (await rowsOf(connection)).map(viewOf),
    async diff(connection, name) {
      const waiting = (await rowsOf(connection)).filter((row) => row.changed_digest !== null && (name === undefined || row.name === name));
      const names = waiting.length > 0 ? await store.names() : [];
      return waiting.map((row) => {
        const [reviewed, now] = [row.body || undefined, row.changed_body ?? undefined];
        const read = (body: string) =>
          lint.definition(row.kind, JSON.parse(body) as LintedDefinition, row.connection, ownersOf(names, row.connection));
        return {
          ...{ ...viewOf(row), seen: row.changed_digest ?? '', reviewed, now },
          changes: definitionChanges(`${row.kind} ${row.name}`, reviewed, now),
          findings: now === undefined ? [] : read(now),
        };
      });
    },
    async accept({ connection, name, seen, by }) {
      if (!by.roles.includes('administrator')) {
        throw new UserError(
          'Accepting a changed definition needs an administrator. Nothing was changed.',
          'Ask an administrator to run `trapkey catalog accept`.',
        );
      }
      const atMs = clock();
      // What was read here is what is accepted: an upstream that changes again meanwhile is not accepted unseen.
      const waiting = (await store.of(connection)).filter(
        (row) => row.changed_digest !== null && (name === undefined || row.name === name),
      );
      if (waiting.length === 0) {
        const what = name === undefined ? connection : `${connection}.${name}`;
        throw new UserError(`Nothing of ${what} waits for review. Nothing was changed.`, 'See what does with `trapkey catalog diff`.');
      }
      if (seen && waiting.some((row) => !seen.includes(row.changed_digest ?? ''))) throw changedAgain();
      const committed = await recorder.commit({
        entries: waiting.map((row) => acceptedEntry(row, by.person, atMs)),
        steps: async (tx) => {
          for (const row of waiting) if (!(await store.accept(tx, row, by.person, atMs))) return { ok: false, conflict: row.name };
          return { ok: true };
        },
      });
      if (committed.status === 'committed')
        return waiting.map((row) =>
          viewOf({ ...row, digest: row.changed_digest ?? '', body: row.changed_body ?? '', changed_digest: null, changed_body: null }),
        );
      throw changedAgain();
    },
  };
}

function changedAgain(): UserError {
  return new UserError('A definition changed again while you looked. Nothing was accepted.', 'Look at `trapkey catalog diff` once more.');
}

function viewOf(row: Row): DefinitionView {
  const { connection, kind, name, digest } = row;
  const reviewed = digest !== '';
  return {
    connection,
    kind,
    name,
    state: stateOf(row),
    digest: reviewed ? digest : undefined,
    pinnedAtMs: reviewed ? row.pinned_at_ms : undefined,
    pinnedBy: reviewed ? row.pinned_by : undefined,
  };
}
