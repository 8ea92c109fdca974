import type { BatchRow, ChangeRow } from '../proposal/store.ts';
import { repeatedTargets, tallyOf, unsureTargets } from './changes-read.ts';
import { type Line, openLine, type Waiting } from './line.ts';
import type { Came, MakingParts } from './parts.ts';
import { errorsToPause, targetOf } from './steps.ts';
import { endedCount, madeCount } from './tallies.ts';

/** So many records of which nobody knows what was done are kept apart. */
const unsureMax = 10_000;

/** What a process knows of a batch that it applies. */
export interface Run {
  batch: BatchRow;
  /** How many changes it goes through in all. */
  readonly changes: number;
  readonly line: Line;
  readonly busy: Map<number, { readonly target: string | null; readonly over: Promise<void> }>;
  /** Records with a change of which nobody knows whether it was made: nothing more is done to them. */
  readonly unsure: Set<string>;
  /** Records with several changes. */
  readonly repeated: ReadonlySet<string>;
  /** How many crashes left running. */
  readonly orphans: number;
  ended: number;
  /** Of this step, as far as this process saw it. */
  errors: number;
  /** Why it is to wait for a person once what is on its way has ended. */
  pausing: string | undefined;
  /** Nothing more is begun here. */
  stopped: boolean;
  /** Something is left running, for whoever takes the batch up again. */
  left: boolean;
  /** That is looked at again after so long; undefined where nothing asks for longer than usual. */
  againMs: number | undefined;
}

/** Reads where a batch stands. */
export async function openRun(parts: MakingParts, batch: BatchRow): Promise<Run> {
  const [tally, unsure, repeated] = await Promise.all([
    tallyOf(parts.database, batch.id),
    unsureTargets(parts.database, batch.id, unsureMax),
    repeatedTargets(parts.database, batch.id),
  ]);
  return {
    batch,
    changes: madeCount(tally),
    line: openLine(parts, batch.id),
    busy: new Map(),
    unsure: new Set(unsure),
    repeated,
    orphans: tally.running ?? 0,
    ended: endedCount(tally),
    errors: 0,
    pausing: undefined,
    stopped: batch.state !== 'applying',
    left: false,
    againMs: undefined,
  };
}

/** Sends one change on its way. What breaks in a way that nobody expected leaves it as it is, to be looked at again. */
export function begin(run: Run, one: Waiting, make: () => Promise<Came>, failed: (error: unknown) => void): void {
  const over = make()
    .catch((error: unknown): Came => {
      failed(error);
      return { kind: 'left' };
    })
    .then((came) => {
      run.busy.delete(one.n);
      heed(run, one, came);
    });
  run.busy.set(one.n, { target: one.target, over });
}

/** What the end of one change means for the whole. */
function heed(run: Run, one: Waiting, came: Came): void {
  switch (came.kind) {
    case 'again':
      run.line.putBack(came.change, one);
      return;
    case 'pause':
      run.line.putBack(one.change, one);
      run.pausing ??= came.says;
      return;
    case 'left':
      run.left = true;
      run.againMs ??= came.againMs;
      if (came.says === undefined) run.stopped = true;
      else run.pausing ??= came.says;
      return;
    case 'ended':
      break;
  }
  run.ended++;
  if (came.state === 'unknown' && one.target !== null) run.unsure.add(one.target);
  if (came.state === 'done' || came.state === 'conflict') return;
  run.errors++;
  const { step, target } = run.batch;
  if (run.errors >= errorsToPause(targetOf(step - 1, run.changes), target)) run.pausing ??= errorsText(run.errors, one.change, came.state);
}

function errorsText(errors: number, { n }: ChangeRow, state: string): string {
  return errors === 1
    ? `change ${n} ended ${state}, and one error in this step is enough`
    : `${errors} changes of this step failed, were refused or are unknown, the last of them change ${n} (${state})`;
}
