import type { BatchRow, ChangeRow } from '../proposal/store.ts';
import { toolsOf } from '../proposal/tools.ts';
import { changesIn, releaseClaim, renewClaim, repeatedTargets, tallyOf, unsureTargets } from './applying-store.ts';
import { startable } from './lanes.ts';
import { imageFor, type Line, openedWaiting, openLine, type Waiting } from './line.ts';
import { makeChange } from './make.ts';
import type { Came, MakingParts } from './parts.ts';
import { reconcileChange } from './reconciling.ts';
import { endBatch, nextStep, pauseBatch } from './run-entries.ts';
import { errorsToPause, targetOf } from './steps.ts';
import { endedCount, madeCount } from './tallies.ts';

/** The lease is renewed, and whoever watches is woken, this often while something goes on. */
const renewEveryMs = 1_000;
/** So many changes that a crash left running are looked at, at once; a process has fewer on their way. */
const orphansMax = 1_000;

/** What this process knows of a batch that it applies. */
interface Run {
  batch: BatchRow;
  readonly changes: number;
  readonly line: Line;
  readonly busy: Map<number, { readonly target: string | null; readonly over: Promise<void> }>;
  readonly unsure: Set<string>;
  readonly repeated: ReadonlySet<string>;
  ended: number;
  errors: number;
  /** Why it is to wait for a person once what is on its way has ended. */
  pausing: string | undefined;
  /** Nothing more is begun here. */
  stopped: boolean;
  /** Something is left running, for whoever takes the batch up again. */
  left: boolean;
}

/**
 * Goes on with a batch that this process holds the lease on, until it has ended, waits for a person or is another's. Crash-safe
 * at every point: what a change does next is told by its row alone.
 */
export async function runBatch(parts: MakingParts, batch: BatchRow, claim: string, ends: AbortSignal): Promise<void> {
  const tally = await tallyOf(parts.database, batch.id);
  const run: Run = {
    batch,
    changes: madeCount(tally),
    line: openLine(parts, batch.id),
    busy: new Map(),
    unsure: new Set(await unsureTargets(parts.database, batch.id, orphansMax)),
    repeated: await repeatedTargets(parts.database, batch.id),
    ended: endedCount(tally),
    errors: 0,
    pausing: undefined,
    stopped: batch.state !== 'applying',
    left: false,
  };
  const timer = setInterval(() => void renew(parts, run, claim), renewEveryMs);
  const quit = () => {
    run.stopped = true;
  };
  ends.addEventListener('abort', quit);
  try {
    if ((tally.running ?? 0) > 0) await takeUp(parts, run, claim, ends);
    while (await goOn(parts, run, claim, ends));
  } finally {
    clearInterval(timer);
    ends.removeEventListener('abort', quit);
  }
  if (run.left) return;
  await parts.recorder.commit({
    entries: [],
    steps: async (tx) => {
      await releaseClaim(tx, batch.id, claim);
      return { ok: true };
    },
  });
}

/** What a process that died left running: each is looked at before anything else of its record is begun. */
async function takeUp(parts: MakingParts, run: Run, claim: string, ends: AbortSignal): Promise<void> {
  const rows = await changesIn(parts.database, run.batch.id, { state: 'running', after: 0, max: orphansMax });
  for (const one of await openedWaiting(parts, rows)) {
    const answered = one.change.ended_at_ms === null ? 'nothing' : 'error';
    begin(run, one, async () => {
      const on = { batch: run.batch, ...one, image: await expected(parts, run, one), claim };
      return await reconcileChange(parts, on, { kind: 'doubt', answered, change: one.change }, ends);
    });
  }
}

/** One look at what can be begun or has ended; false when nothing more is to be done here. */
async function goOn(parts: MakingParts, run: Run, claim: string, ends: AbortSignal): Promise<boolean> {
  if (!run.stopped && run.pausing === undefined) await start(parts, run, claim, ends);
  if (run.busy.size > 0) {
    await Promise.race([...run.busy.values()].map(({ over }) => over));
    return true;
  }
  if (run.pausing !== undefined && !run.stopped) {
    await pauseBatch(parts, run.batch, run.pausing);
    return false;
  }
  if (run.stopped) return false;
  return await turn(parts, run);
}

/** Nothing is on its way: the step is over, or nothing more of it can be begun. */
async function turn(parts: MakingParts, run: Run): Promise<boolean> {
  const frozen = parts.frozen(run.batch, toolsOf(run.batch), parts.clock());
  if (frozen) {
    await pauseBatch(parts, run.batch, frozen.says);
    return false;
  }
  if (run.ended >= run.changes) {
    await endBatch(parts, run.batch);
    return false;
  }
  if (run.ended < run.batch.target) {
    const says = 'what is left would change records of which it is not known what an earlier change did; a person has to look at those';
    await pauseBatch(parts, run.batch, says);
    return false;
  }
  const next = await nextStep(parts, run.batch, run.changes);
  if (!next) return false;
  run.batch = next;
  run.errors = 0;
  return true;
}

/** Begins as many as may be, in order; never more than the step takes. */
async function start(parts: MakingParts, run: Run, claim: string, ends: AbortSignal): Promise<void> {
  const room = Math.min(parts.atOnceMax - run.busy.size, run.batch.target - run.ended - run.busy.size);
  if (room <= 0) return;
  const pick = (waiting: readonly Waiting[]) => {
    const targets = new Set([...run.unsure, ...[...run.busy.values()].flatMap(({ target }) => target ?? [])]);
    const unknown = [...run.busy.values()].some(({ target }) => target === null);
    return startable(waiting, { targets, unknown, count: run.busy.size }, room) as readonly Waiting[];
  };
  await run.line.fill((waiting) => pick(waiting).length >= room);
  for (const one of pick(run.line.waiting())) {
    run.line.take(one.n);
    begin(
      run,
      one,
      async () => {
        const on = { batch: run.batch, ...one, image: await expected(parts, run, one), claim };
        const came = await makeChange(parts, on);
        return came.kind === 'doubt' ? await reconcileChange(parts, { ...on, change: came.change }, came, ends) : came;
      },
      (error) => parts.failed(run.batch.id, error),
    );
  }
}

async function expected(parts: MakingParts, run: Run, one: Waiting) {
  return one.target !== null && run.repeated.has(one.target) ? await imageFor(parts, run.batch.id, one) : one.image;
}

function begin(run: Run, one: Waiting, make: () => Promise<Came>, failed: (error: unknown) => void = () => undefined): void {
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
      run.stopped = true;
      run.left = true;
      return;
    case 'ended':
      break;
  }
  run.ended++;
  if (came.state === 'unknown' && one.target !== null) run.unsure.add(one.target);
  if (came.state === 'done' || came.state === 'conflict') return;
  run.errors++;
  const { step, target } = run.batch;
  const max = errorsToPause(targetOf(step - 1, run.changes), target);
  if (run.errors >= max) run.pausing ??= errorsText(run.errors, one.change, came.state);
}

function errorsText(errors: number, { n }: ChangeRow, state: string): string {
  return errors === 1
    ? `change ${n} ended ${state}, and one error in this step is enough`
    : `${errors} changes of this step failed, were refused or are unknown, the last of them change ${n} (${state})`;
}

/** Says that it still goes on, and hears whether it still should. */
async function renew(parts: MakingParts, run: Run, claim: string): Promise<void> {
  let now: BatchRow | undefined;
  const committed = await parts.recorder
    .commit({
      entries: [],
      steps: async (tx) => {
        now = await renewClaim(tx, run.batch.id, claim, parts.clock());
        return { ok: true };
      },
    })
    // A record that cannot be written lets nothing begin either; the lease ends by itself.
    .catch(() => undefined);
  if (committed?.status !== 'committed') return;
  if (!now) {
    run.stopped = true;
    run.left = true;
  } else if (now.state !== 'applying') run.stopped = true;
  else run.pausing ??= parts.frozen(now, toolsOf(now), parts.clock())?.says;
}
