import type { Json } from '@trapkey/contract/json.ts';
import canonicalize from 'canonicalize';
import type { Tx } from '../../../../kernel/recorder.ts';
import { batchEntry } from '../proposal/entry.ts';
import { asItWas, rulesFor, scopeOf } from '../proposal/projection.ts';
import type { ChangeRow } from '../proposal/store.ts';
import { settleMade } from './applying-store.ts';
import { type ChangeFrom, moveChange, stageAgain } from './changes-store.ts';
import { frozenChange } from './frozen-change.ts';
import { madeBy } from './made.ts';
import type { Came, Doubt, MakingParts, OnItsWay } from './parts.ts';
import { againIn, outageWords, type ReadBack, type Reconciled, reconcile, unread } from './reconcile.ts';
import { readAgainMs, waited } from './waited.ts';

/** A connection that nobody knows any more is waited for so long before absence counts. */
const waitDefaultMs = 60_000;
/** The second look comes so long after the first that was late enough; never longer than a call may take. */
const lookAgainMaxMs = 5_000;

/** A record as it was found, and the image where there is one. */
interface Look {
  readonly found: ReadBack;
  readonly image?: Json;
  /** A stop covers even looking. */
  readonly stopped?: string;
}

/** Finds out what came of a change that was sent and did not end well, and writes that down. */
export async function reconcileChange(parts: MakingParts, on: OnItsWay, { answered }: Doubt, ends: AbortSignal): Promise<Came> {
  const { batch, change } = on;
  const rules = rulesFor(parts.policy(), change);
  const before = rules?.before && { connector: rules.before.connector, tool: rules.before.tool, effect: 'read', count: 1 };
  const waitMs = waitFor(parts, change.connector);
  const twice = rules !== undefined && (rules.idempotent || rules.idempotencyArgument !== undefined);
  const sentAtMs = change.started_at_ms ?? parts.clock();
  const lateAtMs = sentAtMs + waitMs;
  let reads = 0;
  let absent = 0;
  for (;;) {
    // Under a stop that bars reading too, what cannot be read says nothing of the record.
    const barred = before && parts.frozen(batch, [before], parts.clock());
    if (barred) return { kind: 'left', says: barred.says };
    const early = parts.clock() < lateAtMs;
    const look = await lookAt(parts, on);
    if (look.stopped !== undefined) return { kind: 'left', says: look.stopped };
    reads++;
    if (look.found === 'as_before' && !early) absent++;
    const sinceMs = parts.clock() - sentAtMs;
    const said = reconcile({ answered, twice, sent: change.sent, read: look.found, reads, absent, sinceMs });
    if (said.to === 'wait') return { kind: 'left', says: `change ${change.n} was sent, and ${outageWords}`, againMs: againIn(sinceMs) };
    if (said.to !== 'look') return await write(parts, on, said, look);
    // A look too early finds what was made at once, and proves nothing about what was not.
    const restMs = unread.has(look.found) ? readAgainMs : early ? lateAtMs - parts.clock() : Math.min(waitMs, lookAgainMaxMs);
    if (!(await waited(Math.max(1, restMs), ends))) return { kind: 'left' };
  }
}

function waitFor(parts: MakingParts, connector: string): number {
  const { connectors, connections } = parts.policy();
  return connections.get(connectors.get(connector)?.connection ?? '')?.callTimeoutMs ?? waitDefaultMs;
}

/** The record as it is now, against what was there before and what the change would make of it. */
async function lookAt(parts: MakingParts, { batch, change, payload, image }: OnItsWay): Promise<Look> {
  const frozen = await frozenChange(batch, change, payload, parts.clock());
  if (!frozen) return { found: 'unreadable' };
  const now = await parts.readBack(frozen);
  if (!now) return { found: 'no_read' };
  if (!now.ok) {
    const found = now.unanswered ? 'unanswered' : 'unreadable';
    return { found, ...(now.stopped && { stopped: `change ${change.n} cannot be looked at: ${now.says}` }) };
  }
  const put = asItWas(rulesFor(parts.policy(), change), scopeOf(batch, change, frozen.args, now.image));
  if (put && same(put, frozen.args)) return { found: 'as_made', image: now.image };
  return { found: image !== undefined && same(image, now.image) ? 'as_before' : 'otherwise', image: now.image };
}

function same(one: Json, other: Json): boolean {
  return canonicalize(one) === canonicalize(other);
}

const words: Readonly<Record<ReadBack, string>> = {
  as_before: 'the record is as it was before',
  as_made: 'the record is as the change would leave it',
  otherwise: 'the record is neither as before nor as the change would leave it',
  unreadable: 'the record could not be read',
  unanswered: 'the record was asked for again and again, and nothing came back',
  no_read: 'its tool has no read of what it changes',
};

type Said = Exclude<Reconciled, { readonly to: 'look' | 'wait' }>;

async function write(parts: MakingParts, { batch, change }: OnItsWay, said: Said, { found, image }: Look): Promise<Came> {
  const atMs = parts.clock();
  const after = said.to === 'done' && image !== undefined ? { image, seal: parts.recorder.seal(batch.run, image) } : undefined;
  const made = madeBy(batch, change, {
    state: said.to === 'again' ? (said.maybe ? 'unknown' : 'failed') : said.to,
    reversible: rulesFor(parts.policy(), change)?.undo !== undefined,
    atMs,
    ...(after && { after: { sealed: after.seal.digest, digest: parts.digests.image(after.image) } }),
  });
  let moved: ChangeRow | undefined;
  await parts.recorder.commit({
    entries: [],
    ...(after && { sealed: [after.seal] }),
    steps: async (tx) => {
      moved = await moveOn(tx, { batch: batch.id, n: change.n, state: 'running', sent: change.sent }, said, atMs);
      // Its answer came after all, or another process was first: that stands.
      if (!moved) return { ok: true, quiet: true };
      if (made) await settleMade(tx, made);
      const became = said.to === 'again' ? 'it is sent again' : `it counts as ${said.to}`;
      const entry = batchEntry(batch, 'batch.reconciled', atMs, {
        ...(change.ran !== null && { call: change.ran }),
        ...{ connector: change.connector, tool: change.tool, batch: batch.id, change: change.n },
        detail: `change ${change.n}: ${words[found]}; ${became}`,
      });
      return { ok: true, entries: [entry], quiet: true };
    },
  });
  if (!moved) return { kind: 'left' };
  if (said.to !== 'again') return { kind: 'ended', state: said.to };
  // Of a batch that was ended meanwhile nothing is sent again.
  return moved.state === 'staged' ? { kind: 'again', change: moved } : { kind: 'left' };
}

function moveOn(tx: Tx, from: ChangeFrom, said: Said, atMs: number): Promise<ChangeRow | undefined> {
  if (said.to === 'again') return stageAgain(tx, from, { maybe: said.maybe, atMs });
  return moveChange(tx, from, { state: said.to, code: said.to === 'done' ? null : 'upstream_failed', ended_at_ms: atMs });
}
