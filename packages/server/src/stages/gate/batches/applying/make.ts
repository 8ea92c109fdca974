import type { Code } from '@trapkey/contract/codes.ts';
import type { Handled } from '../../../../kernel/handle.ts';
import { newCallId } from '../../../../kernel/ids.ts';
import { batchEntry } from '../proposal/entry.ts';
import type { ChangeRow } from '../proposal/store.ts';
import { changeOf } from './changes-read.ts';
import { endRefused } from './changes-store.ts';
import { frozenChange } from './frozen-change.ts';
import { lookedAt } from './looked.ts';
import type { Came, Doubt, MakingParts, OnItsWay } from './parts.ts';
import { readsMax } from './reconcile.ts';
import { afterRefusal } from './refusal.ts';
import { readAgainMs, waited } from './waited.ts';

/** Nothing happened yet: what it reads ahead of the change was lost on the way, or cannot be read. */
interface Unread {
  readonly kind: 'unread';
  readonly code: Code;
  readonly says: string;
  /** Lost on the way, so that it says nothing of the record. */
  readonly lost: boolean;
}

/**
 * Makes one change: the frozen call, from the top, under the policy of now. Nobody's connection can end it. What it gives is
 * what stands in the record by then. A read that is lost is tried again before its change counts as one that cannot be made.
 */
export async function makeChange(parts: MakingParts, on: OnItsWay, ends: AbortSignal): Promise<Came | Doubt> {
  for (let reads = 1; ; reads++) {
    const came = await makeOnce(parts, on);
    if (came.kind !== 'unread') return came;
    if (reads >= readsMax) return came.lost ? neverCame(on, came) : await neverRead(parts, on, came);
    if (!(await waited(readAgainMs, ends))) return { kind: 'left' };
  }
}

async function makeOnce(parts: MakingParts, on: OnItsWay): Promise<Came | Doubt | Unread> {
  const { batch, change, image, claim } = on;
  const atMs = parts.clock();
  const frozen = await frozenChange(batch, change, on.payload, atMs);
  const wrong = frozen ? await parts.outlived(frozen.credential) : 'what it would do is not held any more';
  if (!frozen || wrong !== undefined) return { kind: 'pause', says: `change ${change.n} cannot be made: ${wrong}` };
  const id = newCallId(atMs);
  const view = {
    kind: 'apply',
    id: batch.id,
    n: change.n,
    sent: change.sent,
    approval: `batch:${batch.id}`,
    image,
    definition: change.definition,
    looked: lookedAt(parts, on),
    idempotencyKey: `${batch.id}/${change.n}`,
    claim,
  } as const;
  const handled = await parts.handle({ ...frozen, id, change: view }, { signal: new AbortController().signal, nobodyWaits: true });
  const error = { kind: 'doubt', answered: 'error' } as const;
  // It left after what is read ahead of it: no later than now.
  const nowMs = parts.clock();
  const sent = { ...change, state: 'running', ran: id, sent: change.sent + 1, started_at_ms: nowMs, ended_at_ms: nowMs };
  switch (handled.kind) {
    case 'result':
      return handled.result['isError'] === true ? { ...error, change: sent } : { kind: 'ended', state: 'done' };
    case 'protocol_error':
      return { ...error, change: sent };
    case 'refused':
      return await refused(parts, on, { id, ...handled });
    default:
      return { kind: 'pause', says: `change ${change.n} was ${handled.kind} instead of made` };
  }
}

/** What a refusal made of the change is in its row: it was written with the refusal. */
async function refused(
  { database }: MakingParts,
  { batch, change }: OnItsWay,
  { id, ruling }: Extract<Handled, { kind: 'refused' }> & { readonly id: string },
): Promise<Came | Doubt | Unread> {
  const now = await changeOf(database, batch.id, change.n);
  switch (now?.state) {
    case 'running':
      // Another process may have begun it in the same moment; then it is that one's to end.
      if (now.ran !== id) return { kind: 'left' };
      return { kind: 'doubt', answered: now.ended_at_ms === null ? 'nothing' : 'error', change: now };
    case 'done':
    case 'failed':
    case 'conflict':
    case 'refused':
    case 'unknown':
      return { kind: 'ended', state: now.state };
    default:
      // A batch that was paused or taken over meanwhile lets nothing begin: whoever did that said why.
      if (ruling.code === 'ticket_used') return { kind: 'left' };
      if (afterRefusal(ruling.code) === 'unread')
        return { kind: 'unread', code: ruling.code, says: ruling.says, lost: ruling.lost === true };
      return { kind: 'pause', says: `change ${change.n} was not made: ${ruling.says} (${ruling.code})` };
  }
}

/** Whatever took the read takes the next one too: nothing is said of the change, and the batch waits. */
function neverCame({ change }: OnItsWay, { code, says }: Unread): Came {
  return { kind: 'pause', says: `change ${change.n} was not made: ${says} (${code}); tried ${readsMax} times, nothing came back` };
}

/** It counts as one that cannot be made; every try is on record already. */
async function neverRead(parts: MakingParts, { batch, change }: OnItsWay, { code, says }: Unread): Promise<Came> {
  const atMs = parts.clock();
  let moved: ChangeRow | undefined;
  await parts.recorder.commit({
    entries: [],
    steps: async (tx) => {
      const from = { batch: batch.id, n: change.n, state: 'staged', sent: change.sent } as const;
      moved = await endRefused(tx, from, { state: 'refused', code, atMs });
      if (!moved) return { ok: true, quiet: true };
      const { connector, tool } = change;
      const detail = `change ${change.n}: ${says}; tried ${readsMax} times, it counts as ${moved.state}`.slice(0, 500);
      return {
        ok: true,
        entries: [batchEntry(batch, 'batch.reconciled', atMs, { connector, tool, change: change.n, detail })],
        quiet: true,
      };
    },
  });
  return moved ? { kind: 'ended', state: moved.state === 'unknown' ? 'unknown' : 'refused' } : { kind: 'left' };
}
