import type { AutonomyGuard, AutonomyReader, Workflow } from '../../../kernel/autonomy.ts';
import { type AutonomyLevel, autonomyLevels, lessOf } from '../../../kernel/autonomy-level.ts';
import { type AutonomyDatabase, autonomyStore, type CapRow } from './store.ts';

const workflowsMax = 20_000;
const recordedMax = 100_000;

/** Caps as one process knows them. */
export interface OpenAutonomy extends AutonomyReader, AutonomyGuard {
  /** Reads them again. Never rejects: while they cannot be read, a person is asked for everything. */
  refresh(): Promise<void>;
}

/** Opens the caps: held in memory, read again whenever the database changed, and looked at where a call runs by its level. */
export async function openAutonomy(database: AutonomyDatabase): Promise<OpenAutonomy> {
  const store = autonomyStore(database);
  let caps: ReadonlyMap<string, AutonomyLevel> = new Map();
  let known = false;
  const refresh = async () => {
    await store.newest(workflowsMax).then(
      (rows) => {
        caps = new Map(rows.map((row) => [keyOf(row), levelOfRow(row)]));
        known = rows.length < workflowsMax;
      },
      () => {
        known = false;
      },
    );
  };
  await refresh();
  return {
    refresh,
    async stillHolds(tx, workflow) {
      const row = await store.of(tx, workflow);
      const cap = row && levelOfRow(row);
      if (cap === caps.get(keyOf(workflow))) return { ok: true, quiet: true };
      // Known from here on, so that deciding again ends otherwise.
      caps = new Map([...caps, ...(cap ? [[keyOf(workflow), cap] as const] : [])]);
      return { ok: false, conflict: 'the level of the workflow changed' };
    },
    cap(workflow) {
      const cap = caps.get(keyOf(workflow));
      return known ? cap : lessOf(cap ?? 'approve', 'approve');
    },
  };
}

/** Caps as they stood at any moment: for a replay. */
export async function recordedAutonomy(database: AutonomyDatabase): Promise<AutonomyReader> {
  const byWorkflow = Map.groupBy(await autonomyStore(database).all(recordedMax), keyOf);
  return {
    cap(workflow, atMs) {
      const row = byWorkflow.get(keyOf(workflow))?.findLast(({ since_ms }) => since_ms <= atMs);
      return row && levelOfRow(row);
    },
  };
}

/** A level that nobody knows is the one where nothing happens. */
export function levelOfRow({ level }: Pick<CapRow, 'level'>): AutonomyLevel {
  return autonomyLevels.find((one) => one === level) ?? 'draft';
}

/** One key for one workflow. */
export function keyOf({ plugin, connector, tool }: Workflow): string {
  return `${plugin}\n${connector}\n${tool}`;
}
