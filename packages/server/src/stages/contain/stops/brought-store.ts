import type { StopBrought, StopEnded } from '../../../kernel/stops.ts';
import type { StopDatabase } from '../store.ts';

/** Entries after a stop that are looked through. */
const entriesMax = 50_000;
const endedMax = 200;
/** Entries are in the order of time but for what was written side by side. */
const overlap = 1_000;

/** What stops of one act did since a moment: which calls they ended while they ran, and how many they refused. */
export async function broughtAbout(
  { read }: StopDatabase,
  { ids, atMs, endMs }: { readonly ids: readonly string[]; readonly atMs: number; readonly endMs: number | undefined },
): Promise<StopBrought> {
  const from = Math.max(0, (await firstEntryAt({ read }, atMs)) - overlap);
  const within = read
    .selectFrom('ledger')
    .where('entry', '>=', from)
    .where('entry', '<', from + entriesMax)
    .where('at_ms', '<=', endMs ?? Number.MAX_SAFE_INTEGER);
  const rows = await within
    .where('kind', '=', 'executed')
    .where((eb) => eb.or(ids.map((id) => eb('bytes', 'like', `%"detail":"ended by ${id}"%`))))
    .select(['entry', 'bytes'])
    .orderBy('entry')
    .limit(endedMax)
    .execute();
  const { count } = await within
    .where('kind', '=', 'decided')
    .where('verdict', '=', 'deny')
    .where((eb) => eb.or(ids.map((id) => eb('bytes', 'like', `%"rule":"stop/${id}"%`))))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const next = await read
    .selectFrom('ledger')
    .select('at_ms')
    .where('entry', '=', from + entriesMax)
    .executeTakeFirst();
  const more = next !== undefined && (endMs === undefined || Number(next.at_ms) <= endMs);
  return { ended: rows.map(({ bytes }) => endedOf(bytes)), refused: Number(count), more };
}

function endedOf(bytes: string): StopEnded {
  const {
    timestamp,
    call = '',
    plugin = '',
    connector = '',
    tool = '',
    effect,
    outcome,
  } = JSON.parse(bytes) as Readonly<
    Record<'timestamp' | 'call' | 'plugin' | 'connector' | 'tool', string> & Partial<Record<'effect' | 'outcome', string>>
  >;
  return { call, atMs: Date.parse(timestamp), release: plugin, tool: `${connector}.${tool}`, effect, outcome: outcome ?? 'unknown' };
}

/** The first entry of about that time, by halving: no index knows times. */
async function firstEntryAt({ read }: StopDatabase, atMs: number): Promise<number> {
  const newest = await read.selectFrom('ledger').select('entry').orderBy('entry', 'desc').limit(1).executeTakeFirst();
  let [low, high] = [0, Number(newest?.entry ?? 0)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = await read.selectFrom('ledger').select('at_ms').where('entry', '=', middle).executeTakeFirst();
    if (Number(row?.at_ms ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
