import type { Handled } from '../../../../kernel/handle.ts';
import { newCallId } from '../../../../kernel/ids.ts';
import { changeOf } from './changes-read.ts';
import { frozenChange } from './frozen-change.ts';
import type { Came, Doubt, MakingParts, OnItsWay } from './parts.ts';

/**
 * Makes one change: the frozen call, from the top, under the policy of now. Nobody's connection can end it. What it gives is
 * what stands in the record by then.
 */
export async function makeChange(parts: MakingParts, on: OnItsWay): Promise<Came | Doubt> {
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
    idempotencyKey: `${batch.id}/${change.n}`,
    claim,
  } as const;
  const handled = await parts.handle({ ...frozen, id, change: view }, { signal: new AbortController().signal, nobodyWaits: true });
  const error = { kind: 'doubt', answered: 'error' } as const;
  const sent = { ...change, state: 'running', ran: id, sent: change.sent + 1, started_at_ms: atMs, ended_at_ms: parts.clock() };
  switch (handled.kind) {
    case 'result':
      return handled.result['isError'] === true ? { ...error, change: sent } : { kind: 'ended', state: 'done' };
    case 'protocol_error':
      return { ...error, change: sent };
    case 'refused':
      return handled.happened === 'done' ? { kind: 'ended', state: 'done' } : await refused(parts, on, { id, ...handled });
    default:
      return { kind: 'pause', says: `change ${change.n} was ${handled.kind} instead of made` };
  }
}

/** What a refusal made of the change is in its row: it was written with the refusal. */
async function refused(
  { database }: MakingParts,
  { batch, change }: OnItsWay,
  { id, ruling }: Extract<Handled, { kind: 'refused' }> & { readonly id: string },
): Promise<Came | Doubt> {
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
      return { kind: 'pause', says: `change ${change.n} was not made: ${ruling.says} (${ruling.code})` };
  }
}
