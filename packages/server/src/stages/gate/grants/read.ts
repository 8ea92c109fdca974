import type { Clock } from '../../../kernel/clock.ts';
import type { GrantDoor, GrantReader, StandingGrant } from '../../../kernel/grants.ts';
import type { Expression } from '../../../kernel/rules.ts';
import { type GrantDatabase, type GrantRow, grantStore, termsOf } from './store.ts';

/** Bounds as an expression, or why they cannot be one. */
export type CompileBounds = (grant: string, source: string) => Expression<boolean> | { readonly says: string };

/** The grants as one process uses them. */
export interface OpenGrants extends GrantReader, GrantDoor {
  /** Reads them again. Never rejects: what cannot be read is not there, and a person is asked. */
  refresh(): Promise<void>;
}

const liveMax = 10_000;
const recordedMax = 100_000;

/** Opens the grants: live ones are held in memory by tool, and counted in the database only. */
export async function openGrants(parts: {
  readonly database: GrantDatabase;
  readonly clock: Clock;
  readonly compileBounds: CompileBounds;
}): Promise<OpenGrants> {
  const { database, clock, compileBounds } = parts;
  const store = grantStore(database);
  let byTool: ReadonlyMap<string, readonly StandingGrant[]> = new Map();
  let known: Compiled = new Map();
  /** When a grant that was found used up may be asked again. */
  const againAtMs = new Map<string, number>();
  const refresh = async () => {
    byTool = await store.live(clock(), liveMax).then(
      (rows) => {
        const grants = compiled(rows, compileBounds, known);
        known = new Map(grants.map(({ id, bounds }) => [id, bounds]));
        return Map.groupBy(grants, keyOf);
      },
      () => new Map(),
    );
    const nowMs = clock();
    for (const [id, atMs] of againAtMs) if (atMs <= nowMs) againAtMs.delete(id);
  };
  await refresh();
  return {
    refresh,
    covering: (where) => (byTool.get(keyOf(where)) ?? []).filter(({ id }) => (againAtMs.get(id) ?? 0) <= where.atMs),
    async spend(tx, grant, call) {
      const spent = await store.spend(tx, grant, call, clock());
      // Uses are counted in the database alone: no memory of a grant changes with them.
      if (spent.ok) return { ok: true, quiet: true };
      againAtMs.set(grant, spent.againAtMs);
      return { ok: false, conflict: spent.says };
    },
  };
}

/** Those that are live now, as the gate would ask them; whether they are used up is not looked at. */
export async function liveGrants(database: GrantDatabase, compileBounds: CompileBounds, atMs: number): Promise<readonly StandingGrant[]> {
  return compiled(await grantStore(database).live(atMs, liveMax), compileBounds);
}

/**
 * Grants as they stand in the record, also those that are over: for a replay, in which what a grant let run is let run by
 * the same grant wherever the policy still asks grants. Others were not used then, and nobody knows what would be left of them.
 */
export async function recordedGrants(database: GrantDatabase, compileBounds: CompileBounds): Promise<(grant: string) => GrantReader> {
  const grants = compiled(await grantStore(database).list({}, recordedMax), compileBounds);
  const byId = new Map(grants.map((grant) => [grant.id, grant]));
  return (id) => {
    const grant = byId.get(id);
    return { covering: (where) => (grant && keyOf(grant) === keyOf(where) ? [grant] : []) };
  };
}

type Compiled = ReadonlyMap<string, Expression<boolean>>;

/** The bounds of a grant never change, and compiling them is most of the cost. */
function compiled(rows: readonly GrantRow[], compileBounds: CompileBounds, known: Compiled = new Map()): readonly StandingGrant[] {
  return rows.flatMap((row) => {
    const bounds = known.get(row.id) ?? compileBounds(row.id, row.bounds);
    return 'says' in bounds ? [] : [{ ...termsOf(row), bounds }];
  });
}

function keyOf(where: { readonly plugin: string; readonly version: string; readonly connector: string; readonly tool: string }): string {
  return `${where.plugin}\n${where.version}\n${where.connector}\n${where.tool}`;
}
