import { hasAny, runners } from '../../../kernel/sight.ts';
import { operatorOf } from './calls.ts';
import { undoOn } from './doing.ts';
import { pausedBy } from './door.ts';
import { lookOn } from './looking.ts';
import type { UndoingParts } from './parts.ts';
import { readUndos } from './read.ts';
import { claimUndo, goingStates, moveUndo, type UndoRow } from './store.ts';

/** How long a process may leave an undo alone that it took; then another takes it over. */
const leaseMs = 30_000;

/** So many go on at once in one process; the others wait their turn. */
const atOnceMax = 4;

/** Goes on with what is due, each undo by one process. */
export interface Doing {
  /** Takes what is due; resolves when what it took waits, has ended or is left. Never rejects. */
  runDue(): Promise<void>;
  /** Resolves when nothing goes on here any more. */
  idle(): Promise<void>;
}

/** What a process that serves does with undos. */
export function doingOf(parts: UndoingParts, ends: AbortSignal): Doing {
  const reads = readUndos(parts.database);
  const going = new Map<string, Promise<void>>();
  const take = (row: UndoRow): Promise<void> => {
    const run = goOn(parts, row, ends)
      .catch((error: unknown) => broke(parts, row.id, error))
      .finally(() => going.delete(row.id));
    going.set(row.id, run);
    return run;
  };
  return {
    async runDue() {
      if (ends.aborted) return;
      const due = await reads.due(parts.claim, parts.clock(), leaseMs).catch(() => []);
      const mine = due.filter(({ id }) => !going.has(id)).slice(0, Math.max(0, atOnceMax - going.size));
      await Promise.all(mine.map(take));
    },
    async idle() {
      while (going.size > 0) await Promise.all(going.values());
    },
  };
}

/** Claims it and goes on until it waits for a person, ends, or another process has it. */
async function goOn(parts: UndoingParts, due: UndoRow, ends: AbortSignal): Promise<void> {
  let row = await claimed(parts, due.id);
  if (!row) return;
  // A call may take long: whoever lives says so.
  const renewing = setInterval(() => void claimed(parts, due.id).catch(() => undefined), leaseMs / 4);
  renewing.unref();
  try {
    let more = true;
    while (more && row && !ends.aborted) {
      more = await pageOf(parts, row, ends);
      if (more) row = await held(parts, due.id);
    }
  } finally {
    clearInterval(renewing);
    await released(parts, due.id, ends);
  }
}

/** One page of what it has to do; false when nothing more of it is done here now. */
async function pageOf(parts: UndoingParts, row: UndoRow, ends: AbortSignal): Promise<boolean> {
  if (row.state === 'looking') return await lookOn(parts, row, ends);
  if (row.state === 'undoing' && !(await mayGoOn(parts, row))) return false;
  return await undoOn(parts, row, ends);
}

/** Whoever started it must still be somebody who may: roles of then are no answer to whether it may be done now. */
async function mayGoOn(parts: UndoingParts, row: UndoRow): Promise<boolean> {
  const { person, groups } = operatorOf(row);
  if (hasAny(runners, { roles: await parts.rolesOf(person, groups) })) return true;
  const says = `${person}, who started it, is neither operator nor administrator any more: end it, and ask for a new one`;
  await parts.recorder.commit({ entries: [], steps: (tx) => pausedBy(tx, row.id, says, parts.clock()) });
  return false;
}

async function claimed(parts: UndoingParts, id: string): Promise<UndoRow | undefined> {
  const { recorder, clock, claim } = parts;
  let row: UndoRow | undefined;
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      row = await claimUndo(tx, { id, claim, nowMs: clock(), leaseMs });
      return row ? { ok: true, quiet: true } : { ok: false, conflict: 'another process has it' };
    },
  });
  return row;
}

/** It as it is now, while it goes on and this process has it. */
async function held({ database, claim }: UndoingParts, id: string): Promise<UndoRow | undefined> {
  const row = await readUndos(database).byId(id);
  return row?.claimed_by === claim && (goingStates as readonly string[]).includes(row.state) ? row : undefined;
}

/** Gives it back. What was left running in one that waits or was ended is looked at again when the lease is over, and not at once. */
async function released({ database, recorder, clock, claim }: UndoingParts, id: string, ends: AbortSignal): Promise<void> {
  const left = !ends.aborted && (await readUndos(database).items(id, ['running'], 0, 1)).length > 0;
  const to = left ? { claimed_at_ms: clock() } : { claimed_by: null, claimed_at_ms: null };
  const states = ['looking', 'looked', 'undoing', 'paused', 'undone', 'aborted'] as const;
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      await moveUndo(tx, { id, states, claim }, to);
      return { ok: true, quiet: true };
    },
  });
}

/** Whatever broke, it is not tried again and again by itself. */
async function broke({ recorder, clock, failed }: UndoingParts, id: string, error: unknown): Promise<void> {
  failed(id, error);
  const says = `it broke here: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300);
  await recorder.commit({ entries: [], steps: (tx) => pausedBy(tx, id, says, clock()) }).catch(() => undefined);
}
