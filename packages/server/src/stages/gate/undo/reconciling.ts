import type { Json } from '@trapkey/contract/json.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import { outageWords, type ReadBack, type Reconciled, reconcile, unread } from '../batches/applying/reconcile.ts';
import { readAgainMs, waited } from '../batches/applying/waited.ts';
import { pausedBy, tookBack } from './door.ts';
import { undoEntry } from './entries.ts';
import { standsNow } from './examine.ts';
import { endItem, type ItemFrom, type ItemRow, leftUnknown, moveItem, settleMade } from './items-store.ts';
import type { OnItsWayBack, UndoingParts, Went } from './parts.ts';
import { type Prepared, prepare } from './prepare.ts';
import { readUndos } from './read.ts';
import { undoById } from './store.ts';

/** A connection that names no limit of its own is waited for so long before absence counts. */
const waitDefaultMs = 60_000;
/** The last look is so long after the first that was late enough. */
const lookAgainMaxMs = 5_000;

/** Finds out what came of a call that was sent and did not end well, as for a change of a batch, and writes that down. */
export async function reconcileItem(parts: UndoingParts, on: OnItsWayBack, ends: AbortSignal): Promise<Went> {
  const { row, item, made, payloads } = on;
  const prepared = made ? prepare(parts.policy(), parts.digests, made, payloads) : undefined;
  const known = prepared && 'args' in prepared ? prepared : undefined;
  const answered = item.ended_at_ms === null ? 'nothing' : 'error';
  const waitMs = waitFor(parts, item.connector);
  const sentAtMs = item.started_at_ms ?? parts.clock();
  const lateAtMs = sentAtMs + waitMs;
  for (let [reads, absent] = [0, 0]; ; ) {
    if ((await readUndos(parts.database).byId(row.id))?.claimed_by !== parts.claim) return 'left';
    const early = parts.clock() < lateAtMs;
    const read = known ? await readAgain(parts, on, known) : 'no_read';
    if (typeof read === 'object') return await waits(parts, on, `cannot be looked at: ${read.stopped}`);
    reads++;
    if (read === 'as_before' && !early) absent++;
    const sinceMs = parts.clock() - sentAtMs;
    const said = reconcile({ answered, twice: known?.twice === true, sent: item.sent, read, reads, absent, sinceMs });
    if (said.to === 'wait') return await waits(parts, on, `was sent, and ${outageWords}`);
    if (said.to !== 'look') return await write(parts, on, said, read);
    // Reads before it is late enough find what was made at once; they prove nothing about what was not.
    const restMs = unread.has(read) ? readAgainMs : early ? lateAtMs - parts.clock() : Math.min(waitMs, lookAgainMaxMs);
    if (!(await waited(Math.max(1, restMs), ends))) return 'left';
  }
}

function waitFor({ policy }: UndoingParts, connector: string): number {
  const { connectors, connections } = policy();
  return connections.get(connectors.get(connector)?.connection ?? '')?.callTimeoutMs ?? waitDefaultMs;
}

/** The record as it is now: as it was before the change is what taking it back makes of it. */
async function readAgain(
  parts: UndoingParts,
  { row, item, made }: OnItsWayBack,
  prepared: Prepared,
): Promise<ReadBack | { readonly stopped: string }> {
  if (!made || prepared.target === undefined) return 'no_read';
  const { standing } = await standsNow(parts, row, made, prepared);
  if ('unreadable' in standing) {
    if (standing.stopped) return { stopped: standing.unreadable };
    return standing.unanswered ? 'unanswered' : 'unreadable';
  }
  if (standing.image === parts.digests.image(prepared.before as Json)) return 'as_made';
  return standing.image === item.expects ? 'as_before' : 'otherwise';
}

/** What cannot be read under a stop or in an outage says nothing of the record: it waits, and is looked at first when the undo goes on. */
async function waits({ recorder, clock }: UndoingParts, { row, item }: OnItsWayBack, says: string): Promise<Went> {
  const words = `change ${item.n} ${says}`.slice(0, 500);
  await recorder.commit({ entries: [], steps: (tx) => pausedBy(tx, row.id, words, clock()) });
  return 'left';
}

const words: Readonly<Record<ReadBack, string>> = {
  as_made: 'the record is as it was before the change',
  as_before: 'the record is as the change left it',
  otherwise: 'the record is neither as before the change nor as it left it',
  unreadable: 'the record could not be read',
  unanswered: 'the record was asked for again and again, and nothing came back',
  no_read: 'its tool has no read of what it changes',
};

async function write(
  parts: UndoingParts,
  { row, item }: OnItsWayBack,
  said: Exclude<Reconciled, { to: 'look' | 'wait' }>,
  read: ReadBack,
): Promise<Went> {
  const atMs = parts.clock();
  const from = { undo: row.id, n: item.n, states: ['running'], sent: item.sent } as const;
  let moved = false;
  await parts.recorder.commit({
    entries: [],
    steps: async (tx) => {
      const now =
        said.to === 'again' ? await again(tx, from, said.maybe, atMs) : await endItem(tx, from, endOf(said.to, atMs, words[read]));
      moved = now !== undefined;
      // Its answer came after all, or another process was first: that stands.
      if (!now) return { ok: true, quiet: true };
      const told = said.to === 'done' ? await tookBack(tx, now, parts) : undefined;
      if (told && !told.ok) return told;
      if (now.state === 'failed' || now.state === 'left') await settleMade(tx, now.call, row.id, false);
      const became = now.state === 'possible' ? 'it is sent again' : `it counts as ${now.state}`;
      const entry = undoEntry(row, 'reconciled', atMs, {
        ...(now.ran !== null && { call: now.ran }),
        ...{ connector: now.connector, tool: now.tool },
        detail: `change ${now.n}: ${words[read]}; ${became}`,
      });
      return { ok: true, entries: [...(told?.entries ?? []), entry], quiet: true };
    },
  });
  if (!moved) return 'left';
  return said.to === 'again' ? 'again' : 'ended';
}

/** It is sent again, unless the undo was ended meanwhile: then nothing is, and what may have been taken back is for a person. */
async function again(tx: Tx, from: ItemFrom, maybe: boolean, atMs: number): Promise<ItemRow | undefined> {
  const undo = await undoById(tx, from.undo);
  const code = maybe ? 'upstream_failed' : null;
  if (undo?.state !== 'aborted') return await moveItem(tx, from, { state: 'possible', code, ended_at_ms: null });
  if (maybe) return await endItem(tx, from, { state: 'unknown', code, says: leftUnknown, ended_at_ms: atMs });
  return await moveItem(tx, from, { state: 'left', code, ended_at_ms: atMs });
}

function endOf(to: 'done' | 'failed' | 'unknown', ended_at_ms: number, says: string) {
  if (to === 'done') return { state: 'undone', code: null, says: null, ended_at_ms } as const;
  return { state: to, code: 'upstream_failed', says, ended_at_ms } as const;
}
