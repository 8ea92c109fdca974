import type { Code } from '@trapkey/contract/codes.ts';
import type { Json } from '@trapkey/contract/json.ts';
import { standsNow } from './examine.ts';
import type { ItemMove } from './items-store.ts';
import type { OnItsWayBack, UndoingParts } from './parts.ts';
import { noRead } from './plan.ts';
import type { Prepared } from './prepare.ts';
import { type MadeRow, readUndos } from './read.ts';

/** What cannot be read, now; nothing happened. */
export interface Unread {
  readonly unread: string;
  readonly code?: Code;
  /** Lost on the way, so that it says nothing of the record. */
  readonly lost: boolean;
}
/** What must still stand there (undefined: nothing is compared), or why it is not taken back. */
export type Bound = { readonly image: Json | undefined } | { readonly ends: ItemMove } | Unread;

/** What must still stand there: the gate compares it where the call reads it; else it is compared here, just before. */
export async function boundTo(parts: UndoingParts, on: OnItsWayBack, made: MadeRow, prepared: Prepared): Promise<Bound> {
  const { row, item } = on;
  const ended_at_ms = parts.clock();
  if (prepared.target === undefined) {
    // Nothing to compare it with: its tool reads nothing. It may have read something when it was looked at.
    if (prepared.before === undefined && item.expects === null) return { image: undefined };
    return { ends: { state: 'unclear', says: noRead, ended_at_ms } };
  }
  const before = parts.digests.image(prepared.before as Json);
  if (item.expects === null) return await stillGone(parts, on, made, { ...prepared, before });
  const known = await expected(parts, on, made);
  if (prepared.gateReads && known !== undefined) return { image: known };
  const wanted = known === undefined ? item.expects : parts.digests.image(known);
  const { standing, image } = await standsNow(parts, row, made, prepared);
  if ('unreadable' in standing) return { unread: standing.unreadable, lost: !standing.gone };
  if (standing.image === wanted) return { image: prepared.gateReads ? image : undefined };
  if (standing.image === before) return { ends: { state: 'same', says: null, ended_at_ms } };
  return { ends: { state: 'conflict', code: 'changed_since', says: 'Somebody changed it since it was looked at', ended_at_ms } };
}

/** It was gone when it was looked at: whatever stands there now, somebody put there since. */
async function stillGone(
  parts: UndoingParts,
  { row }: OnItsWayBack,
  made: MadeRow,
  prepared: Pick<Prepared, 'made'> & { readonly before: string },
): Promise<Bound> {
  const { standing } = await standsNow(parts, row, made, prepared);
  const ended_at_ms = parts.clock();
  if ('unreadable' in standing) return standing.gone ? { image: undefined } : { unread: standing.unreadable, lost: true };
  if (standing.image === prepared.before) return { ends: { state: 'same', says: null, ended_at_ms } };
  const says = 'It was gone when it was looked at, and is there again';
  return { ends: { state: 'conflict', code: 'changed_since', says, ended_at_ms } };
}

/**
 * What is expected there, as it was read: what this undo left when it took a newer change of the record back, what a person
 * saw, or what the change itself left.
 */
async function expected(parts: UndoingParts, { row, item, payloads }: OnItsWayBack, made: MadeRow): Promise<Json | undefined> {
  const reads = readUndos(parts.database);
  const newer = item.target === null ? undefined : (await reads.newerOf(row.id, [item.target], item.n)).get(item.target);
  if (newer?.state === 'undone' && newer.ran !== null && newer.leaves === item.expects) {
    const left = (await reads.made([newer.ran])).get(newer.ran)?.after_sealed;
    const opened = typeof left === 'string' ? (await parts.unsealMany([left])).get(left) : undefined;
    if (opened !== undefined) return opened;
  }
  if (item.expects_sealed !== null) return (await parts.unsealMany([item.expects_sealed])).get(item.expects_sealed);
  return made.after_sealed !== null && made.after_image === item.expects ? payloads.get(made.after_sealed) : undefined;
}
