import { type PastLot, type Plan, plan } from '../../sampling/schedule.ts';
import { type EarlierBatch, firstSubmissions, type ReturnedBatch, returnedSince, wrongOf } from './history-store.ts';
import type { BatchDatabase, BatchRow } from './store.ts';
import { wasTakenBack } from './taken-back.ts';
import { type BatchTool, nameOf, toolsOf } from './tools.ts';

/** A returned batch counts against the next one for so long. */
const resubmittedWithinMs = 7 * 24 * 3_600_000;

/** What came before a batch: which submission it is, of what, and what was wrong then. */
export interface Before {
  readonly attempt: number;
  readonly replaces: string | null;
  /** Records, or changes of which no record is known, that were marked wrong. */
  readonly wrong: ReadonlySet<string>;
}

/** What of a change is looked for among what was wrong. */
export interface Met {
  readonly targets: ReadonlySet<string>;
  readonly digests: ReadonlySet<string>;
}

/**
 * Which submission this is. It follows the newest returned or refused batch of its person and workflow that nothing came after yet; and
 * any that found a record wrong which this one alters again, so that a small clean batch in between starts nothing afresh.
 */
export async function beforeOf(
  database: BatchDatabase,
  row: BatchRow,
  tools: readonly BatchTool[],
  met: Met,
  atMs: number,
): Promise<Before> {
  const own = new Set(tools.map(nameOf));
  const returned = (await returnedSince(database, row, atMs - resubmittedWithinMs)).filter(
    (one) => one.id !== row.id && toolsOf(one).some((tool) => own.has(nameOf(tool))),
  );
  const wrong = await wrongOf(
    database,
    returned.map(({ id }) => id),
  );
  const again = new Set(
    wrong.filter((one) => met.digests.has(one.digest) || (one.target !== null && met.targets.has(one.target))).map(({ batch }) => batch),
  );
  const follows = returned.filter((one) => Number(one.answered) === 0 || again.has(one.id));
  const last = follows.reduce<ReturnedBatch | undefined>((most, one) => (most && most.attempt >= one.attempt ? most : one), undefined);
  return {
    attempt: (last?.attempt ?? 0) + 1,
    replaces: last?.id ?? null,
    wrong: new Set(wrong.flatMap(({ target, digest }) => (target === null ? [digest] : [target, digest]))),
  };
}

/** How many to draw: of each workflow in it as its own history asks, and the most of that. */
export async function planOf(
  database: BatchDatabase,
  row: BatchRow,
  of: { readonly tools: readonly BatchTool[]; readonly changes: number; readonly attempt: number; readonly atMs: number },
): Promise<Plan> {
  const { tools, changes, attempt, atMs } = of;
  const earlier = (await firstSubmissions(database, row.plugin)).filter(({ id }) => id !== row.id).toReversed();
  const plans = tools.map((tool) => {
    const name = nameOf(tool);
    const lots = earlier.filter((one) => toolsOf(one).some((its) => nameOf(its) === name)).flatMap(lotOf);
    return plan({ sample: row.sample, changes, attempt, history: lots, atMs });
  });
  const [first, ...rest] = plans;
  if (!first) throw new Error('A batch without a tool cannot be planned.');
  return rest.reduce((most, one) => (one.size > most.size ? one : most), first);
}

/** What its audit showed; nothing where it was not looked at to its end. */
function lotOf({ state, wrong, undone, reason, submitted_at_ms: at }: EarlierBatch): readonly PastLot[] {
  const atMs = Number(at);
  if (Number(wrong ?? 0) > 0 || state === 'returned' || wasTakenBack({ reason })) return [{ atMs, clean: false }];
  if (state === 'proposed' || state === 'refused' || state === 'open') return [];
  return [{ atMs, clean: Number(undone) === 0 }];
}
