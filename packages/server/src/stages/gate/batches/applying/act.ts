import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { BatchAct, BatchApplying } from '../../../../kernel/batch-desk.ts';
import type { BatchState } from '../../../../kernel/batches.ts';
import type { Clock } from '../../../../kernel/clock.ts';
import { UserError } from '../../../../kernel/errors.ts';
import type { Recorder, Tx } from '../../../../kernel/recorder.ts';
import type { Stops } from '../../../../kernel/stops.ts';
import { actedBy, wordsOf } from '../../deciding/commit.ts';
import type { DecidingPolicy } from '../../deciding/people.ts';
import { freshEnough, mustBe } from '../audit/authorise.ts';
import { batchEntry } from '../proposal/entry.ts';
import { rulesFor } from '../proposal/projection.ts';
import { type BatchRow, batchById } from '../proposal/store.ts';
import { toolsOf } from '../proposal/tools.ts';
import { type ApplyingDatabase, type BatchMove, maybeMade, moveBatch, settleMade } from './applying-store.ts';
import { moveChange } from './changes-store.ts';
import { batchFrozenBy, batchMustBeThawed } from './frozen-batch.ts';
import { madeBy } from './made.ts';
import { mayAct } from './may-act.ts';

const triesMax = 5;
/** More than any processes can have had on their way at once. */
const maybeMadeMax = 1_000;

/** What people's acts on the applying of batches need. Without `stops` nothing is frozen. */
export interface ApplyingParts {
  readonly database: ApplyingDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => DecidingPolicy;
  readonly stops?: Pick<Stops, 'covering' | 'current' | 'refresh'> | undefined;
}

/** What people may do about the making of a batch's changes. Needs no server: whichever process serves goes on with it. */
export function openApplying(parts: ApplyingParts): BatchApplying {
  return {
    apply: (act) =>
      commitMove(parts, act, {
        from: ['ready'],
        action: 'batch.applying',
        letsRun: true,
        move: (person) => ({ state: 'applying', step: 1, target: 1, applied_by: person, paused_for: null }),
      }),
    pause: (act) =>
      commitMove(parts, act, {
        from: ['applying'],
        action: 'batch.paused',
        reason: reasonOf(act.reason, 'Pausing'),
        move: (person) => ({ state: 'paused', paused_for: `${person}: ${wordsOf(act.reason)}` }),
      }),
    resume: (act) =>
      commitMove(parts, act, {
        from: ['paused'],
        action: 'batch.resumed',
        letsRun: true,
        move: () => ({ state: 'applying', paused_for: null }),
      }),
    abort: (act) =>
      commitMove(parts, act, {
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
    settle: (act) => settle(parts, act),
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
    if (moving.letsRun) mayGoOn(parts, batch, act, atMs);
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

function mayGoOn(parts: ApplyingParts, batch: BatchRow, act: BatchAct, atMs: number): void {
  freshEnough(batch, act.by, atMs);
  const frozen = batchFrozenBy(parts.stops?.covering, parts.policy);
  batchMustBeThawed(frozen(batch, toolsOf(batch), atMs), batch.id);
}

/** A person looked at the record: it was made, or it was not. What they say stands in the record under their name. */
async function settle(parts: ApplyingParts, act: Parameters<BatchApplying['settle']>[0]): Promise<void> {
  const { recorder, clock } = parts;
  const batch = await batchOf(parts, act.batch);
  const atMs = clock();
  const person = mayAct(parts.policy(), batch, act.by, atMs);
  const reason = reasonOf(act.reason, 'Saying what became of a change');
  const committed = await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const state = act.as === 'done' ? 'done' : 'failed';
      const moved = await moveChange(tx, { batch: batch.id, n: act.n, state: 'unknown' }, { state, ended_at_ms: atMs });
      if (!moved) return { ok: false, conflict: 'it is not unknown' };
      const made = madeBy(batch, moved, { state, reversible: rulesFor(parts.policy(), moved)?.undo !== undefined, atMs });
      if (made) await settleMade(tx, made);
      const said = act.as === 'done' ? 'it was made' : 'it was not made';
      const entry = batchEntry(batch, 'batch.reconciled', atMs, {
        ...actedBy({ person }, act.via),
        ...(moved.ran !== null && { call: moved.ran }),
        ...{ connector: moved.connector, tool: moved.tool, reason, detail: `change ${act.n}: a person looked, ${said}` },
      });
      return { ok: true, entries: [entry] };
    },
  });
  if (committed.status === 'committed') return;
  throw new UserError(
    `Change ${act.n} of batch ${batch.id} is not one whose outcome is unknown. Nothing was changed.`,
    `See them with \`trapkey batch show ${batch.id} --state unknown\`.`,
  );
}

async function batchOf({ database }: ApplyingParts, id: string): Promise<BatchRow> {
  const batch = await batchById(database, id);
  if (!batch) throw new UserError(`There is no batch ${id.slice(0, 40)}.`, 'See them with `trapkey batch list`.');
  return batch;
}

function reasonOf(text: string, what: string): string {
  const words = wordsOf(text);
  if (words === '') throw new UserError(`${what} needs a reason. Nothing was changed.`, 'Say why, in a sentence.');
  return words;
}
