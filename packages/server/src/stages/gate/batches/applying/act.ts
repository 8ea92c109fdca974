import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { BatchAct, BatchApplying } from '../../../../kernel/batch-desk.ts';
import type { BatchState } from '../../../../kernel/batches.ts';
import { UserError } from '../../../../kernel/errors.ts';
import type { Tx } from '../../../../kernel/recorder.ts';
import { actedBy, wordsOf } from '../../deciding/commit.ts';
import { freshEnough, mustBe } from '../audit/authorise.ts';
import { missingNow } from '../audit/quorum.ts';
import { batchEntry } from '../proposal/entry.ts';
import type { BatchRow } from '../proposal/store.ts';
import { toolsOf } from '../proposal/tools.ts';
import { type ApplyingParts, batchOf, reasonOf } from './acting.ts';
import { type BatchMove, moveBatch, takeUpLeft } from './applying-store.ts';
import { maybeMade } from './changes-read.ts';
import { moveChange } from './changes-store.ts';
import { batchFrozenBy, batchMustBeThawed } from './frozen-batch.ts';
import { mayAct } from './may-act.ts';
import { settleChange } from './settle.ts';

const triesMax = 5;
/** More than any processes can have had on their way at once. */
const maybeMadeMax = 1_000;

/** What people may do about the making of a batch's changes. Needs no server: whichever process serves goes on with it. */
export function openApplying(parts: ApplyingParts): BatchApplying {
  return {
    apply: async (act) =>
      await commitMove(parts, act, {
        from: ['ready'],
        action: 'batch.applying',
        letsRun: true,
        move: (person) => ({ state: 'applying', step: 1, target: 1, applied_by: person, paused_for: null }),
      }),
    pause: async (act) =>
      await commitMove(parts, act, {
        from: ['applying'],
        action: 'batch.paused',
        reason: reasonOf(act.reason, 'Pausing'),
        move: (person) => ({ state: 'paused', paused_for: `${person}: ${wordsOf(act.reason)}` }),
      }),
    resume: async (act) =>
      await commitMove(parts, act, {
        from: ['paused'],
        action: 'batch.resumed',
        letsRun: true,
        move: () => ({ state: 'applying', paused_for: null }),
        also: async (tx, { id }) => {
          await takeUpLeft(tx, id);
          return undefined;
        },
      }),
    abort: async (act) =>
      await commitMove(parts, act, {
        from: ['applying', 'paused'],
        action: 'batch.aborted',
        reason: reasonOf(act.reason, 'Aborting'),
        move: (_, atMs) => ({ state: 'aborted', reason: wordsOf(act.reason), paused_for: null, ended_at_ms: atMs }),
        also: async (tx, batch, atMs) => {
          // Staged changes stay stored as they are, and are shown as dropped: writing that to 100,000 rows would hold up everybody.
          for (const n of await maybeMade(parts.database, batch.id, maybeMadeMax))
            await moveChange(tx, { batch: batch.id, n, state: 'staged' }, { state: 'unknown', ended_at_ms: atMs });
          return 'what was not made is not made any more';
        },
      }),
    settle: (act) => settleChange(parts, act),
  };
}

interface Moving {
  readonly from: readonly BatchState[];
  readonly action: string;
  readonly reason?: string;
  /** Of a stop in the same moment, the stop counts. */
  readonly letsRun?: true;
  readonly move: (person: string, atMs: number) => BatchMove;
  /** Written in the same transaction; its words go into the entry. */
  readonly also?: (tx: Tx, batch: BatchRow, atMs: number) => Promise<string | undefined>;
}

/** Writes one act of a person with its entry; anew when a stop was first. */
async function commitMove(parts: ApplyingParts, act: BatchAct, moving: Moving): Promise<void> {
  const { recorder, clock, stops } = parts;
  for (let tries = 0; tries < triesMax; tries++) {
    const batch = await batchOf(parts, act.batch);
    const atMs = clock();
    const person = mayAct(parts.policy(), batch, act.by, atMs);
    mustBe(batch, moving.from, moving.action === 'batch.applying' ? 'applied' : moving.action.slice('batch.'.length));
    const latch = stops?.current().generation;
    if (moving.letsRun) await mayGoOn(parts, batch, act, atMs);
    const committed = await recorder.commit({
      entries: [],
      ...(moving.letsRun && latch !== undefined && { latch }),
      steps: async (tx) => {
        const moved = await moveBatch(tx, batch.id, moving.from, moving.move(person, atMs));
        if (!moved) return { ok: false, conflict: 'it changed meanwhile' };
        const detail = await moving.also?.(tx, moved, atMs);
        const entry: Partial<EntryFields> = {
          ...actedBy({ person }, act.via),
          ...(moving.reason !== undefined && { reason: moving.reason }),
          ...(detail && { detail }),
        };
        return { ok: true, entries: [batchEntry(moved, moving.action, atMs, entry)] };
      },
    });
    if (committed.status === 'committed') return;
    if (committed.status === 'latch_moved') await stops?.refresh();
  }
  throw new UserError(`Batch ${act.batch} changed at the same moment. Nothing was changed.`, 'Look at it again.');
}

async function mayGoOn(parts: ApplyingParts, batch: BatchRow, act: BatchAct, atMs: number): Promise<void> {
  freshEnough(batch, act.by, atMs);
  const missing = missingNow(parts.policy(), batch, await parts.author());
  if (missing !== undefined)
    throw new UserError(
      `Batch ${batch.id} was approved for less than the policy of now asks for: ${missing}. Nothing was changed.`,
      `Whoever else is asked approves it: \`trapkey batch approve ${batch.id}\`.`,
    );
  const frozen = batchFrozenBy(parts.stops?.covering, parts.policy);
  batchMustBeThawed(frozen(batch, toolsOf(batch), atMs), batch.id);
}
