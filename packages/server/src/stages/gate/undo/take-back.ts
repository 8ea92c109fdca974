import type { Code } from '@trapkey/contract/codes.ts';
import type { Json } from '@trapkey/contract/json.ts';
import type { Handled } from '../../../kernel/handle.ts';
import { readsMax } from '../batches/applying/reconcile.ts';
import { afterRefusal } from '../batches/applying/refusal.ts';
import { readAgainMs, waited } from '../batches/applying/waited.ts';
import { undoCallOf } from './calls.ts';
import { definitionOf, standsNow } from './examine.ts';
import { endItem, endUnsent, type ItemMove, takenBy } from './items-store.ts';
import type { OnItsWayBack, UndoingParts, Went } from './parts.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type MadeRow, readUndos } from './read.ts';
import { reconcileItem } from './reconciling.ts';

/** What cannot be read, now; nothing happened. */
interface Unread {
  readonly unread: string;
  readonly code?: Code;
}
type Bound = { readonly image: Json | undefined } | { readonly ends: ItemMove } | Unread;

/**
 * Takes one change back: a call from the top, under the policy of now. What came of it is what the record says by then. A read
 * that is lost is tried again before it counts as one that cannot be had.
 */
export async function takeBack(parts: UndoingParts, on: OnItsWayBack, ends: AbortSignal): Promise<Went> {
  for (let reads = 1; ; reads++) {
    const went = await takeBackOnce(parts, on, ends);
    if (typeof went === 'string') return went;
    if (reads >= readsMax) {
      const says = `What stands there now cannot be read: ${went.unread}`.slice(0, 500);
      return await end(parts, on, { state: 'unclear', code: went.code ?? null, says, ended_at_ms: parts.clock() });
    }
    if (!(await waited(readAgainMs, ends))) return 'left';
  }
}

async function takeBackOnce(parts: UndoingParts, on: OnItsWayBack, ends: AbortSignal): Promise<Went | Unread> {
  const { row, item, made, payloads } = on;
  const atMs = parts.clock();
  const prepared = made ? prepare(parts.policy(), parts.digests, made, payloads) : { says: 'What was made is not known any more' };
  if (!made || !('args' in prepared)) {
    const says = 'says' in prepared ? prepared.says : null;
    return await end(parts, on, { state: 'lasting', says, ended_at_ms: atMs });
  }
  const bound = await boundTo(parts, on, made, prepared);
  if ('unread' in bound) return bound;
  if ('ends' in bound) return await end(parts, on, bound.ends);
  const { connector } = made;
  const definition = definitionOf(parts, connector, prepared.tool);
  const call = undoCallOf(
    row,
    item,
    { connector, tool: prepared.tool, args: prepared.args },
    { definition, image: bound.image, claim: parts.claim, atMs },
  );
  // Nobody's connection can end it: a person said yes to all of it.
  const handled = await parts.handle(call, { signal: new AbortController().signal, nobodyWaits: true });
  return await cameOf(parts, on, handled, ends);
}

/** What must still stand there: the gate compares it where the call reads it; else it is compared here, just before. */
async function boundTo(parts: UndoingParts, on: OnItsWayBack, made: MadeRow, prepared: Prepared): Promise<Bound> {
  const { row, item } = on;
  // Nothing to compare it with: what it left could not be read then, or its tool reads nothing.
  if (item.expects === null || prepared.target === undefined) return { image: undefined };
  const known = await expected(parts, on, made);
  if (prepared.gateReads && known !== undefined) return { image: known };
  const wanted = known === undefined ? item.expects : parts.digests.image(known);
  const { standing, image } = await standsNow(parts, row, made, prepared);
  const ended_at_ms = parts.clock();
  if ('unreadable' in standing) return { unread: standing.unreadable };
  if (standing.image === wanted) return { image: prepared.gateReads ? image : undefined };
  if (standing.image === parts.digests.image(prepared.before as Json)) return { ends: { state: 'same', says: null, ended_at_ms } };
  return { ends: { state: 'conflict', code: 'changed_since', says: 'Somebody changed it since it was looked at', ended_at_ms } };
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

async function cameOf(parts: UndoingParts, on: OnItsWayBack, handled: Handled, ends: AbortSignal): Promise<Went | Unread> {
  const { row, item } = on;
  const now = await readUndos(parts.database).item(row.id, item.n);
  if (now?.state === 'running') {
    // Another process may have begun it in the same moment; then it is that one's to end.
    return now.ran === handled.call ? await reconcileItem(parts, { ...on, item: now }, ends) : 'left';
  }
  if (now?.state !== 'possible') return 'ended';
  const refused = handled.kind === 'refused' ? handled.ruling : undefined;
  if (refused && afterRefusal(refused.code) === 'unread') return { unread: refused.says, code: refused.code };
  if (refused?.code !== 'ticket_used') return 'left';
  return (await elsewhere(parts, on)) ? 'ended' : 'left';
}

/** Another undo was first: this one has nothing to do with it any more. */
async function elsewhere(parts: UndoingParts, { row, item }: OnItsWayBack): Promise<boolean> {
  let ended = false;
  await parts.recorder.commit({
    entries: [],
    steps: async (tx) => {
      const by = await takenBy(tx, item.call);
      if (by === undefined || by === row.id) return { ok: true, quiet: true };
      const says = `Undo ${by} takes it back`;
      const from = { undo: row.id, n: item.n, states: ['possible'] } as const;
      ended = (await endItem(tx, from, { state: 'elsewhere', says, ended_at_ms: parts.clock() })) !== undefined;
      return { ok: true, quiet: true };
    },
  });
  return ended;
}

async function end(parts: UndoingParts, { row, item }: OnItsWayBack, to: ItemMove): Promise<Went> {
  await parts.recorder.commit({
    entries: [],
    steps: async (tx) => {
      await endUnsent(tx, { undo: row.id, n: item.n, states: ['possible'], sent: item.sent }, to);
      return { ok: true, quiet: true };
    },
  });
  return 'ended';
}
