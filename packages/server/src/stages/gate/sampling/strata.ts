/** Why a change is shown beside the sample. */
export type ShownBecause = 'wrong_before' | 'first' | 'last' | 'largest_reach' | 'largest_amount' | 'stratum';

/** What of a change tells it from others. */
export interface Stratified {
  readonly digest: string;
  readonly tool: string;
  readonly reach: number | null;
  readonly amount: number | null;
  readonly destination: string | null;
  /** Fields that it sets, as text. */
  readonly fields: Readonly<Record<string, string>>;
  /** What it alters was wrong in an earlier submission. */
  readonly wrongBefore?: boolean;
}

/** A change to look at in addition: found by choice and not by lot, so it never counts in a statement. */
export interface Shown {
  readonly index: number;
  readonly because: ShownBecause;
  /** `tool`, `destination` or the field, and its value, where it stands for a stratum. */
  readonly stratum?: { readonly by: string; readonly value: string };
}

interface Stratum {
  readonly by: string;
  readonly value: string;
  readonly first: number;
  changes: number;
  drawn: boolean;
}

/** A field with more values than this tells single records, not kinds of them. */
const valuesMax = 50;
const fieldsMax = 100;

/**
 * Those wrong before, the first, the last, the largest, then one of each stratum, rarest first: a lot misses small strata.
 * `changes` in the order of arrival; what was drawn is left out. Never more than `shownMax`, save those wrong before.
 */
export function alsoShown(changes: readonly Stratified[], drawn: ReadonlySet<number>, shownMax: number): readonly Shown[] {
  const shown = new Map<number, Shown>();
  const show = (index: number | undefined, because: ShownBecause, stratum?: Shown['stratum']) => {
    if (index === undefined || index < 0 || drawn.has(index) || shown.has(index)) return;
    if (because !== 'wrong_before' && shown.size >= shownMax) return;
    shown.set(index, { index, because, ...(stratum && { stratum }) });
  };
  changes.forEach((change, index) => {
    if (change.wrongBefore) show(index, 'wrong_before');
  });
  show(0 < changes.length ? 0 : undefined, 'first');
  show(changes.length - 1, 'last');
  show(largest(changes, 'reach'), 'largest_reach');
  show(largest(changes, 'amount'), 'largest_amount');
  for (const { by, value, first, drawn: seen } of strataOf(changes, drawn)) {
    if (!seen) show(first, 'stratum', { by, value });
  }
  return [...shown.values()];
}

/** Of those equally large the one with the lowest digest, so that arrival decides nothing; none where none is larger than another. */
function largest(changes: readonly Stratified[], by: 'reach' | 'amount'): number | undefined {
  let at: number | undefined;
  let differs = false;
  changes.forEach((change, index) => {
    const best = at === undefined ? undefined : changes[at];
    const value = change[by];
    if (value === null) return;
    const most = best?.[by] ?? Number.NEGATIVE_INFINITY;
    differs ||= best !== undefined && value !== most;
    if (value > most || (value === most && best && change.digest < best.digest)) at = index;
  });
  return differs ? at : undefined;
}

function strataOf(changes: readonly Stratified[], drawn: ReadonlySet<number>): readonly Stratum[] {
  const kinds = new Map<string, Map<string, Stratum> | 'too_many'>();
  changes.forEach((change, index) => {
    for (const [by, value] of tellings(change)) {
      if (!kinds.has(by) && kinds.size >= fieldsMax) continue;
      const values = kinds.get(by) ?? new Map<string, Stratum>();
      if (values === 'too_many') continue;
      const known = values.get(value);
      if (!known && values.size >= valuesMax) {
        kinds.set(by, 'too_many');
        continue;
      }
      const best = known && (changes[known.first] as Stratified).digest <= change.digest ? known.first : index;
      values.set(value, { by, value, first: best, changes: (known?.changes ?? 0) + 1, drawn: (known?.drawn ?? false) || drawn.has(index) });
      kinds.set(by, values);
    }
  });
  const all = [...kinds.values()].flatMap((values) => (values === 'too_many' ? [] : [...values.values()]));
  return all.sort((one, other) => one.changes - other.changes || compare(one.by, other.by) || compare(one.value, other.value));
}

function* tellings({ tool, destination, fields }: Stratified): Generator<readonly [string, string]> {
  yield ['tool', tool];
  if (destination !== null) yield ['destination', destination];
  for (const [field, value] of Object.entries(fields)) yield [`field ${field}`, value];
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
