import type { Json } from '@trapkey/contract/json.ts';
import type { BatchRow } from '../proposal/store.ts';
import { toolsOf } from '../proposal/tools.ts';
import { changesIn } from './changes-read.ts';
import { startable } from './lanes.ts';
import { imageFor, openedWaiting, type Waiting } from './line.ts';
import { makeChange } from './make.ts';
import type { Came, MakingParts, OnItsWay } from './parts.ts';
import { reconcileChange } from './reconciling.ts';
import { giveBack, keepRenewing } from './renewing.ts';
import { endBatch, nextStep, pauseBatch } from './run-entries.ts';
import { begin, openRun, type Run } from './run-state.ts';

/** A batch as a process goes on with it. */
interface Applying {
  readonly parts: MakingParts;
  readonly run: Run;
  readonly claim: string;
  /** This process is about to end. */
  readonly ends: AbortSignal;
}

/**
 * Goes on with a batch that this process holds the lease on, until it has ended, waits for a person or is another's. Crash-safe
 * at every point: what becomes of a change is told by its row alone.
 */
export async function runBatch(parts: MakingParts, batch: BatchRow, claim: string, ends: AbortSignal): Promise<void> {
  const run = await openRun(parts, batch);
  const applying = { parts, run, claim, ends };
  const done = keepRenewing(parts, run, claim);
  try {
    if (run.orphans > 0) await takeUp(applying);
    while (await goOn(applying));
  } finally {
    done();
  }
  await giveBack(parts, run, claim);
}

/** What a process that died left running: each is looked at before anything else of its record is begun. */
async function takeUp(applying: Applying): Promise<void> {
  const { parts, run } = applying;
  const rows = await changesIn(parts.database, run.batch.id, { state: 'running', after: 0, max: run.orphans });
  for (const one of await openedWaiting(parts, rows)) {
    const answered = one.change.ended_at_ms === null ? 'nothing' : 'error';
    send(applying, one, (on) => reconcileChange(parts, on, { kind: 'doubt', answered, change: one.change }, applying.ends));
  }
}

/** One look at what can be begun or has ended; false when nothing more is to be done here. */
async function goOn(applying: Applying): Promise<boolean> {
  const { parts, run, ends } = applying;
  run.stopped ||= ends.aborted;
  if (!run.stopped && run.pausing === undefined) await start(applying);
  if (run.busy.size > 0) {
    await Promise.race([...run.busy.values()].map(({ over }) => over));
    return true;
  }
  if (run.stopped) return false;
  if (run.pausing === undefined) return await turn(parts, run);
  await pauseBatch(parts, run.batch, run.pausing);
  return false;
}

/** Nothing is on its way: the step is over, or nothing more of it can be begun. */
async function turn(parts: MakingParts, run: Run): Promise<boolean> {
  const frozen = parts.frozen(run.batch, toolsOf(run.batch), parts.clock());
  const stuck = run.ended < Math.min(run.batch.target, run.changes);
  if (frozen || stuck) {
    const unsure = 'what is left would change records of which nobody knows what an earlier change did; a person has to look at those';
    await pauseBatch(parts, run.batch, frozen?.says ?? unsure);
    return false;
  }
  if (run.ended >= run.changes) {
    await endBatch(parts, run.batch);
    return false;
  }
  const missing = await parts.missing(run.batch);
  if (missing !== undefined) {
    await pauseBatch(parts, run.batch, `it was approved for less than the policy of now asks for: ${missing}`);
    return false;
  }
  const next = await nextStep(parts, run.batch, run.changes);
  if (!next) return false;
  run.batch = next;
  run.errors = 0;
  return true;
}

/** Begins as many as may be, in order; never more than the step takes. */
async function start(applying: Applying): Promise<void> {
  const { parts, run, ends } = applying;
  const room = Math.min(parts.atOnceMax, run.batch.target - run.ended) - run.busy.size;
  if (room <= 0) return;
  const pick = (waiting: readonly Waiting[]) => {
    const busy = [...run.busy.values()];
    const targets = new Set([...run.unsure, ...busy.flatMap(({ target }) => target ?? [])]);
    return startable(waiting, { targets, unknown: busy.some(({ target }) => target === null), count: busy.length }, room);
  };
  await run.line.fill((waiting) => pick(waiting).length >= room);
  const starting = new Set(pick(run.line.waiting()).map(({ n }) => n));
  for (const one of run.line.waiting().filter(({ n }) => starting.has(n))) {
    run.line.take(one.n);
    send(applying, one, async (on) => {
      const came = await makeChange(parts, on, ends);
      return came.kind === 'doubt' ? await reconcileChange(parts, { ...on, change: came.change }, came, ends) : came;
    });
  }
}

function send({ parts, run, claim }: Applying, one: Waiting, make: (on: OnItsWay) => Promise<Came>): void {
  const { batch } = run;
  const on = async (): Promise<OnItsWay> => ({
    batch,
    change: one.change,
    payload: one.payload,
    image: await expected(parts, run, one),
    claim,
  });
  begin(
    run,
    one,
    async () => await make(await on()),
    (error) => parts.failed(batch.id, error),
  );
}

/** What must stand there: of a record with several changes, what the one before it left. */
async function expected(parts: MakingParts, run: Run, one: Waiting): Promise<Json | undefined> {
  return one.target !== null && run.repeated.has(one.target) ? await imageFor(parts, run.batch.id, one) : one.image;
}
