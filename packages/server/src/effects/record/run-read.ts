import type { Kysely } from 'kysely';
import { firstEntrySince } from '../../storage/first-entry.ts';
import type { Tables } from '../../storage/tables.ts';

/** A run, and the time in which it was open. */
export interface RunWindow {
  readonly run: string;
  /** plugin@version */
  readonly plugin: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly after: number | undefined;
}

/** Entries that one question looks at, and in one statement: others get their turn between. */
const lookedAtMax = 100_000;
const pageEntries = 10_000;

/** The calls that a run began. */
export async function callsOfRun(
  db: Kysely<Tables>,
  { run, plugin, fromMs, toMs, after }: RunWindow,
  limit: number,
): Promise<{ readonly calls: readonly string[]; readonly next: number | undefined }> {
  const calls = new Set<string>();
  let at = after ?? (await firstEntrySince(db, fromMs)) - 1;
  const end = await firstEntrySince(db, toMs);
  const mark = `%"run":${JSON.stringify(run)}%`;
  for (const first = at; at < end; ) {
    if (at - first >= lookedAtMax) return { calls: [...calls], next: at };
    const to = Math.min(at + pageEntries, end);
    const rows = await db
      .selectFrom('ledger')
      .select(['entry', 'call'])
      .where('entry', '>', at)
      .where('entry', '<=', to)
      // What was asked for has no run yet.
      .where('kind', '=', 'decided')
      .where('plugin', '=', plugin)
      .where('bytes', 'like', mark)
      .orderBy('entry')
      .limit(limit + 1)
      .execute();
    for (const { entry, call } of rows) {
      // A call that was decided again after its ticket was seen already.
      if (call === null || calls.has(call)) continue;
      if (calls.size === limit) return { calls: [...calls], next: Number(entry) - 1 };
      calls.add(call);
    }
    at = rows.length > limit ? Number(rows.at(-1)?.entry) : to;
  }
  return { calls: [...calls], next: undefined };
}
