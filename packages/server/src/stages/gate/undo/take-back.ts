import type { Handled } from '../../../kernel/handle.ts';
import { readsMax } from '../batches/applying/reconcile.ts';
import { afterRefusal } from '../batches/applying/refusal.ts';
import { readAgainMs, waited } from '../batches/applying/waited.ts';
import { boundTo, type Unread } from './bound.ts';
import { undoCallOf } from './calls.ts';
import { pausedBy } from './door.ts';
import { definitionOf } from './examine.ts';
import { endItem, endUnsent, type ItemMove, takenBy, takenElsewhere } from './items-store.ts';
import type { OnItsWayBack, UndoingParts, Went } from './parts.ts';
import { prepare } from './prepare.ts';
import { readUndos } from './read.ts';
import { reconcileItem } from './reconciling.ts';

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
      if (went.lost) return await pauses(parts, on, says);
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

async function cameOf(parts: UndoingParts, on: OnItsWayBack, handled: Handled, ends: AbortSignal): Promise<Went | Unread> {
  const { row, item } = on;
  const now = await readUndos(parts.database).item(row.id, item.n);
  if (now?.state === 'running') {
    // Another process may have begun it in the same moment; then it is that one's to end.
    return now.ran === handled.call ? await reconcileItem(parts, { ...on, item: now }, ends) : 'left';
  }
  if (now?.state !== 'possible') return 'ended';
  const refused = handled.kind === 'refused' ? handled.ruling : undefined;
  if (refused && afterRefusal(refused.code) === 'unread') return { unread: refused.says, code: refused.code, lost: refused.lost === true };
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
      const from = { undo: row.id, n: item.n, states: ['possible'] } as const;
      ended = (await endItem(tx, from, { ...takenElsewhere(by), ended_at_ms: parts.clock() })) !== undefined;
      return { ok: true, quiet: true };
    },
  });
  return ended;
}

/** Whatever took the read takes the next one too: nothing is said of the change, and the undo waits. */
async function pauses({ recorder, clock }: UndoingParts, { row, item }: OnItsWayBack, says: string): Promise<Went> {
  await recorder.commit({ entries: [], steps: (tx) => pausedBy(tx, row.id, `change ${item.n}: ${says}`.slice(0, 500), clock()) });
  return 'left';
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
