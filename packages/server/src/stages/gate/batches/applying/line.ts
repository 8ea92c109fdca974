import type { Json } from '@trapkey/contract/json.ts';
import type { ChangeRow } from '../proposal/store.ts';
import { changesIn, lastMade } from './changes-read.ts';
import type { MakingParts } from './parts.ts';

/** So many changes are read at once, and so many wait in memory at most. */
const pageMax = 200;
const waitingMax = 1_000;

/** A change that waits its turn, with its payload opened. */
export interface Waiting {
  readonly n: number;
  readonly target: string | null;
  readonly change: ChangeRow;
  readonly payload: Json | undefined;
  readonly image: Json | undefined;
}

/** The staged changes of a batch in their order, a page at a time. */
export interface Line {
  /** Those that wait in memory, in order. */
  waiting(): readonly Waiting[];
  /** Reads on until `enough` says so, or there are no more or too many to hold. */
  fill(enough: (waiting: readonly Waiting[]) => boolean): Promise<void>;
  take(n: number): void;
  /** Back into its place: it is made again. */
  putBack(change: ChangeRow, opened: Pick<Waiting, 'payload' | 'image'>): void;
}

/** Opens the line at its beginning. */
export function openLine(parts: Pick<MakingParts, 'database' | 'unsealMany'>, batch: string): Line {
  let waiting: readonly Waiting[] = [];
  let after = 0;
  let over = false;
  return {
    waiting: () => waiting,
    async fill(enough) {
      while (!over && waiting.length < waitingMax && !enough(waiting)) {
        const rows = await changesIn(parts.database, batch, { state: 'staged', after, max: pageMax });
        over = rows.length < pageMax;
        after = rows.at(-1)?.n ?? after;
        const known = new Set(waiting.map(({ n }) => n));
        waiting = [...waiting, ...(await openedWaiting(parts, rows)).filter(({ n }) => !known.has(n))];
      }
    },
    take(n) {
      waiting = waiting.filter((one) => one.n !== n);
    },
    putBack(change, { payload, image }) {
      const { n, target } = change;
      waiting = [...waiting.filter((one) => one.n !== n), { n, target, change, payload, image }].sort((a, b) => a.n - b.n);
    },
  };
}

/** Opens the payloads of a page in one query. */
export async function openedWaiting(parts: Pick<MakingParts, 'unsealMany'>, rows: readonly ChangeRow[]): Promise<readonly Waiting[]> {
  const digests = rows.flatMap(({ arguments: frozen, before_sealed }) => (before_sealed === null ? [frozen] : [frozen, before_sealed]));
  const payloads = digests.length === 0 ? new Map<string, Json>() : await parts.unsealMany(digests);
  return rows.map((change) => ({
    n: change.n,
    target: change.target,
    change,
    payload: payloads.get(change.arguments),
    image: change.before_sealed === null ? undefined : payloads.get(change.before_sealed),
  }));
}

/** What must stand there for a later change of a record: what the earlier one of this batch left, else what was read when it was staged. */
export async function imageFor(
  parts: Pick<MakingParts, 'database' | 'unsealMany'>,
  batch: string,
  one: Waiting,
): Promise<Json | undefined> {
  if (one.target === null) return one.image;
  const last = await lastMade(parts.database, { batch, target: one.target, before: one.n });
  if (!last?.after_sealed) return one.image;
  return (await parts.unsealMany([last.after_sealed])).get(last.after_sealed) ?? one.image;
}
