import type { Hour } from '@trapkey/contract/api/home.ts';
import { canaryPlugin } from '../../kernel/rehearsal.ts';
import type { Database } from '../../storage/database.ts';

export const hourMs = 3_600_000;
const pageRows = 5_000;
/** Entries that the first look goes back over; more of them than this, and the earliest hours are short. */
const readMax = 500_000;

/** Counts of what is held, and whether anything ever came. */
export function openHeld({ read }: Pick<Database, 'read'>) {
  return async (atMs: number): Promise<{ readonly count: number; readonly oldestAtMs: number | undefined; readonly called: boolean }> => {
    const held = await read
      .selectFrom('tickets')
      .select(({ fn }) => [fn.countAll<number>().as('many'), fn.min('created_at_ms').as('oldest')])
      .where('state', '=', 'held')
      .where('expires_at_ms', '>', atMs)
      .executeTakeFirstOrThrow();
    const run = await read.selectFrom('runs').select('id').where('plugin', '!=', canaryPlugin).limit(1).executeTakeFirst();
    return { count: Number(held.many), oldestAtMs: held.oldest === null ? undefined : Number(held.oldest), called: run !== undefined };
  };
}

type Counts = { -readonly [what in Exclude<keyof Hour, 'atMs'>]: number };
type Column = keyof Counts;

const ofKind: Readonly<Record<string, Column>> = { held: 'held', approved: 'approved', refused: 'refused' };
const ofVerdict: Readonly<Record<string, Column>> = { allow: 'allowed', deny: 'denied' };

/** Counts the record by the hour. What was counted once is kept: each look reads only what was written since. */
export function openHours({ read }: Pick<Database, 'read'>): (fromMs: number, toMs: number) => Promise<readonly Hour[]> {
  let hours = new Map<number, Counts>();
  let counted = { fromMs: Number.POSITIVE_INFINITY, next: 0 };
  let turn: Promise<unknown> = Promise.resolve();

  async function look(fromMs: number): Promise<void> {
    if (fromMs < counted.fromMs) {
      hours = new Map();
      counted = { fromMs, next: await firstSince(read, fromMs) };
    }
    for (;;) {
      const rows = await read
        .selectFrom('ledger')
        .select(['entry', 'at_ms', 'kind', 'verdict', 'plugin'])
        .where('entry', '>=', counted.next)
        .orderBy('entry')
        .limit(pageRows)
        .execute();
      for (const row of rows) count(hours, row);
      counted = { ...counted, next: Number(rows.at(-1)?.entry ?? counted.next - 1) + 1 };
      if (rows.length < pageRows) return;
    }
  }

  return async (fromMs, toMs) => {
    const first = Math.floor(fromMs / hourMs) * hourMs;
    turn = turn.catch(() => undefined).then(() => look(first));
    await turn;
    for (const atMs of hours.keys()) if (atMs < counted.fromMs) hours.delete(atMs);
    const all: Hour[] = [];
    for (let atMs = first; atMs <= toMs; atMs += hourMs) all.push({ atMs, ...(hours.get(atMs) ?? nothing()) });
    return all;
  };
}

function count(
  hours: Map<number, Counts>,
  row: { readonly at_ms: number; readonly kind: string; readonly verdict: string | null; readonly plugin: string | null },
): void {
  const column = row.kind === 'decided' ? ofVerdict[row.verdict ?? ''] : ofKind[row.kind];
  if (column === undefined || row.plugin?.startsWith(`${canaryPlugin}@`)) return;
  const atMs = Math.floor(Number(row.at_ms) / hourMs) * hourMs;
  const counts = hours.get(atMs) ?? nothing();
  counts[column] += 1;
  hours.set(atMs, counts);
}

function nothing(): Counts {
  return { allowed: 0, denied: 0, held: 0, approved: 0, refused: 0 };
}

/** The first entry of a time: entries are numbered in the order of their commits, so it is found by halving. */
async function firstSince(read: Database['read'], fromMs: number): Promise<number> {
  const head = await read.selectFrom('tree').select('size').where('id', '=', 1).executeTakeFirst();
  const size = Number(head?.size ?? 0);
  let [low, high] = [Math.max(0, size - readMax), size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = await read.selectFrom('ledger').select('at_ms').where('entry', '>=', middle).orderBy('entry').limit(1).executeTakeFirst();
    if (row && Number(row.at_ms) < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
