import type { BatchDoor } from '../../../kernel/batches.ts';
import type { Call } from '../../../kernel/call.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { RecordUnavailable } from '../../../kernel/errors.ts';
import type { Facts } from '../../../kernel/facts.ts';
import type { StepResult, Tx } from '../../../kernel/recorder.ts';
import { weightOf } from '../weight.ts';
import { beginChange, endSent, refuseChange } from './applying/changes-store.ts';
import { ranBefore } from './earlier-store.ts';
import { changeDigests } from './images.ts';
import { countedAs, type KindPolicy, runKey, toolOf } from './kinds.ts';
import { shownThrough } from './overlay.ts';
import { pendingBatches } from './pending.ts';
import { pendingStore } from './pending-store.ts';
import type { UnsealMany } from './proposal/opened.ts';
import { madeRow } from './rows.ts';
import { stageAll } from './staging.ts';
import { addCount, insertMade, openBatchIn, readCount, type StagingDatabase, setAfter } from './staging-store.ts';

/** Batches as one process works with them. */
export interface Batches extends BatchDoor {
  /** Learns of batches that other processes opened or closed. */
  refresh(): Promise<void>;
}

/** What takes back changes hears of its own calls. */
export type UndoDoor = Pick<BatchDoor, 'begin' | 'refused' | 'made'>;

const reachedMax = 10_000;

/** Opens what `handle` asks of batches, for one process. */
export function openBatches(parts: {
  readonly database: StagingDatabase;
  readonly keys: { readonly names: Uint8Array };
  readonly policy: () => KindPolicy;
  readonly clock: Clock;
  /** Without it no undo can begin a call. */
  readonly undo?: UndoDoor;
  /** Opens what is staged, to show answers through it; without it none is. */
  readonly unseal?: UnsealMany;
  readonly changesMax?: number;
}): Batches {
  const { database, policy, undo } = parts;
  const digests = changeDigests(parts.keys.names);
  const pending = pendingBatches(pendingStore(database), parts.unseal ?? (async () => new Map()));
  /** Kinds that are known to be past their bound: that stays so, and needs no look at the database. */
  const reached = new Map<string, number>();
  const note = (key: string, count: number): void => {
    if (reached.size >= reachedMax) reached.clear();
    reached.set(key, count);
  };
  return {
    attach(call) {
      const rule = call.change ? undefined : toolOf(policy(), call)?.stage;
      if (!rule) return call;
      const { here, all } = countedAs(policy(), call);
      const known = reached.get(here);
      if (known !== undefined && known >= rule.over) return soFar(call, known);
      return readCount(database, all).then(
        (count) => {
          if (count >= rule.over) note(here, count);
          return soFar(call, count);
        },
        (error: unknown) => {
          throw new RecordUnavailable('how much its run did cannot be read', { cause: error });
        },
      );
    },
    async count(tx, facts) {
      return await countCall(tx, facts, policy(), note);
    },
    stage: (tx, drafts) => stageAll({ ...parts, kind: database.kind, digests }, tx, drafts),
    staged: (call, batch) => pending.add({ id: batch, run: runKey(policy(), call) }),
    async begin(tx, change, call) {
      // It leaves after what was read ahead of it: that may have been long ago when the call began.
      const now = { ...call, atMs: parts.clock() };
      if (change.kind === 'apply') return await beginChange(tx, change, now);
      return undo ? await undo.begin(tx, change, now) : { ok: false, conflict: 'nothing is taken back here' };
    },
    async refused(tx, change, ruling, atMs) {
      if (change.kind === 'apply') return await refuseChange(tx, change, ruling.code, atMs);
      return undo ? await undo.refused(tx, change, ruling, atMs) : { ok: true, quiet: true };
    },
    async made(tx, made) {
      const { change } = made.facts.call;
      const row = madeRow(made, digests);
      if (row) await insertMade(tx, row);
      if (!change) return row ? await besideBatch(tx, made.facts, policy()) : { ok: true, quiet: true };
      if (change.kind === 'apply') return await endSent(tx, change, made);
      return undo ? await undo.made(tx, made) : { ok: true, quiet: true };
    },
    through(facts, result, moment) {
      if (pending.empty() || facts.permitted.rules.effect !== 'read') return undefined;
      const batches = pending.of(runKey(policy(), facts.call));
      if (batches.length === 0) return undefined;
      return pending.changes(batches).then((changes) => shownThrough(facts, result, changes, moment));
    },
    refresh: pending.refresh,
    async seen(tx, call, after) {
      await setAfter(tx, call, { sealed: after.sealed, digest: digests.image(after.image) });
      return { ok: true, quiet: true };
    },
  };
}

function soFar(call: Call, count: number): Call {
  return { ...call, staged: { count } };
}

/** Of many at once the last are staged before the first have ended: those stand in the batch all the same, as made before it. */
async function besideBatch(tx: Tx, facts: Facts, policy: KindPolicy): Promise<StepResult> {
  const open = facts.permitted.rules.stage && (await openBatchIn(tx, runKey(policy, facts.call)));
  if (open) await ranBefore(tx, open.id, facts);
  return { ok: true, quiet: true };
}

/** One more of its kind. Counted where nobody else can add one, so that of many at once no more than the bound go on. */
async function countCall(
  tx: Tx,
  { call, permitted, tiered }: Parameters<BatchDoor['count']>[1],
  policy: KindPolicy,
  note: (key: string, count: number) => void,
): Promise<StepResult> {
  const { stage } = permitted.rules;
  const before = call.staged?.count ?? 0;
  if (!stage || before >= stage.over) return { ok: true, quiet: true };
  const weight = weightOf(tiered);
  // Past the bound it goes on for another reason than its count: a rule that observes, or one that holds this one call.
  const goesOn = before + weight > stage.over;
  const { here, all, untilMs } = countedAs(policy, call);
  const count = await addCount(tx, { key: here, keys: all, weight, untilMs });
  if (goesOn || count <= stage.over) return { ok: true, quiet: true };
  if (count - weight >= stage.over) note(here, count - weight);
  return { ok: false, conflict: `more than ${stage.over} of its kind in this run` };
}
