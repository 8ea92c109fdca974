/** How hard a workflow's batches are looked at; `whole` is each change of each batch. */
export type Inspection = 'normal' | 'tightened' | 'reduced' | 'whole';

/** A batch of the workflow that was audited before, on its first submission: later ones do not count. */
export interface PastLot {
  readonly atMs: number;
  /** Marked right throughout, and not undone since. */
  readonly clean: boolean;
}

/** What a batch's sample is made from. */
export interface Planning {
  /** What policy names as the usual sample. */
  readonly sample: number;
  /** Changes in this batch. */
  readonly changes: number;
  /** 1 for the first submission. */
  readonly attempt: number;
  /** First submissions only, oldest first. */
  readonly history: readonly PastLot[];
  readonly atMs: number;
}

/** How many to draw, and why so many. */
export interface Plan {
  readonly inspection: Inspection;
  readonly size: number;
  readonly because: string;
}

// The switching rules of ISO 2859-1:1999, 9.3 and 9.4, for an acceptance number of zero.
const failuresToTighten = 2;
const failuresWithinLots = 5;
const cleanToNormal = 5;
const failuresToWhole = 5;
/** Two points a clean lot, 30 points needed. */
const cleanToReduce = 15;
/** A workflow that rests is not steady production: it starts at normal again. */
const steadyMs = 90 * 24 * 3_600_000;
/** A reduced sample is two fifths of a normal one (table 2-C beside 2-A). */
const reducedShare = 0.4;
const doublingsMax = 20;

interface Standing {
  readonly inspection: Inspection;
  readonly because: string;
}

/** The size of the next draw: never 0, never more than there is. */
export function plan({ sample, changes, attempt, history, atMs }: Planning): Plan {
  const standing = standingOf(history, atMs);
  const usual = Math.max(1, Math.ceil(sample));
  const resubmitted = Math.max(0, Math.min(attempt - 1, doublingsMax));
  const within = (size: number) => Math.max(1, Math.min(size, changes));
  if (standing.inspection === 'whole') return { ...standing, size: within(changes) };
  if (resubmitted > 0) {
    const because = `submission ${attempt}: twice as many with each`;
    return { inspection: 'tightened', size: within(usual * 2 ** resubmitted * (standing.inspection === 'tightened' ? 2 : 1)), because };
  }
  if (standing.inspection === 'tightened') return { ...standing, size: within(usual * 2) };
  if (standing.inspection === 'reduced') return { ...standing, size: within(Math.ceil(usual * reducedShare)) };
  return { ...standing, size: within(usual) };
}

/** Walks the history from its beginning, as the standard does: the state follows from it and is kept nowhere else. */
export function standingOf(history: readonly PastLot[], atMs: number): Standing {
  let inspection = 'normal' as Inspection;
  let recent: boolean[] = [];
  let failed = 0;
  let before: number | undefined;
  const to = (next: Inspection) => {
    inspection = next;
    recent = [];
    failed = 0;
  };
  for (const { atMs: at, clean } of history) {
    if (inspection === 'reduced' && rested(before, at)) to('normal');
    before = at;
    recent.push(clean);
    if (!clean) failed++;
    if (inspection === 'normal' && failures(recent) >= failuresToTighten) to('tightened');
    else if (inspection === 'normal' && cleanRun(recent) >= cleanToReduce) to('reduced');
    else if (inspection === 'reduced' && !clean) to('normal');
    else if (inspection === 'tightened' && failed >= failuresToWhole) to('whole');
    else if ((inspection === 'tightened' || inspection === 'whole') && cleanRun(recent) >= cleanToNormal) to(eased(inspection));
  }
  if (inspection === 'reduced' && rested(before, atMs)) to('normal');
  return { inspection, because: why[inspection] };
}

/** Out of `whole` by way of tightened only. */
function eased(inspection: 'tightened' | 'whole'): Inspection {
  return inspection === 'whole' ? 'tightened' : 'normal';
}

const why: Readonly<Record<Inspection, string>> = {
  normal: 'the usual sample',
  tightened: `${failuresToTighten} of the last ${failuresWithinLots} batches or fewer had something wrong; back to the usual sample after ${cleanToNormal} clean ones in a row`,
  reduced: `the last ${cleanToReduce} batches or more were clean`,
  whole: `${failuresToWhole} batches under tightened sampling had something wrong: each change is looked at, until ${cleanToNormal} batches in a row are clean`,
};

function failures(recent: readonly boolean[]): number {
  return recent.slice(-failuresWithinLots).filter((clean) => !clean).length;
}

function cleanRun(recent: readonly boolean[]): number {
  return recent.length - 1 - recent.lastIndexOf(false);
}

function rested(before: number | undefined, at: number): boolean {
  return before === undefined || at - before > steadyMs;
}
