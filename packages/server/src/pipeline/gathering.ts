import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { ChangeDraft, StagedAs } from '../kernel/batches.ts';
import type { Steps } from '../kernel/data-memory.ts';
import { RecordUnavailable } from '../kernel/errors.ts';
import type { Subject } from '../kernel/facts.ts';
import type { Sealed, StepResult, Tx } from '../kernel/recorder.ts';
import { provedSession } from '../kernel/runs.ts';
import { type DecidedParts, decidedEntry } from './entries.ts';
import type { Frame } from './frame.ts';

/** So many calls are staged in one commit, and so many bytes of them. */
const atOnceMax = 256;
const bytesMax = 4_000_000;

/** A frozen call on its way into its batch. */
export interface Staged {
  readonly draft: ChangeDraft;
  readonly parts: DecidedParts;
  readonly requested: readonly EntryFields[];
  readonly sealed: readonly Sealed[];
  readonly latch: number | undefined;
  /** What must be taken in its transaction, and may be used up: it goes alone. */
  readonly takes?: Steps;
}

interface Waiting {
  readonly item: Staged;
  readonly resolve: (as: StagedAs | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Stages many calls in one commit: whatever waits while one is on the disk goes into the next, so that a change costs its
 * share of a few statements. Gives nothing where a stop came or its steps refused: then nothing of it was written.
 */
export function openGathering(frame: Frame): (item: Staged) => Promise<StagedAs | undefined> {
  let waiting: Waiting[] = [];
  let running = false;
  const drain = async (): Promise<void> => {
    // A turn of the event loop, so that calls that arrived together share a commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const group = firstAlike(waiting);
      waiting = waiting.slice(group.length);
      await stageGroup(frame, group);
    }
    running = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (running) return;
      running = true;
      void drain();
    });
}

/** Those at the head that were decided under the same generation of the latch. */
function firstAlike(waiting: readonly Waiting[]): readonly Waiting[] {
  const [first] = waiting;
  if (!first || first.item.takes) return waiting.slice(0, 1);
  let bytes = 0;
  let count = 0;
  for (const { item } of waiting) {
    if (item.takes || item.latch !== first.item.latch || count >= atOnceMax || bytes > bytesMax) break;
    for (const one of item.sealed) bytes += one.bytes.length;
    count += 1;
  }
  return waiting.slice(0, count);
}

async function stageGroup(frame: Frame, group: readonly Waiting[]): Promise<void> {
  try {
    const staged = await commitStaged(
      frame,
      group.map(({ item }) => item),
    );
    for (const [at, { resolve }] of group.entries()) resolve(staged?.[at]);
  } catch (error) {
    // One that cannot be written must not cost the others.
    if (group.length > 1 && !(error instanceof RecordUnavailable)) for (const one of group) await stageGroup(frame, [one]);
    else for (const { reject } of group) reject(error);
  }
}

async function commitStaged(frame: Frame, items: readonly Staged[]): Promise<readonly StagedAs[] | undefined> {
  const { batches, recorder, runs } = frame;
  const fresh = freshRuns(items);
  let staged: readonly StagedAs[] = [];
  const steps = async (tx: Tx): Promise<StepResult> => {
    for (const item of items) {
      const taken = await item.takes?.(tx);
      if (taken && !taken.ok) return taken;
    }
    for (const { subject, call } of fresh) await runs.write(tx, subject, provedSession(call.where) ?? call.session);
    if (!batches) return { ok: false, conflict: 'nothing keeps batches here' };
    staged = await batches.stage(
      tx,
      items.map(({ draft }) => draft),
    );
    const entries = items.flatMap((item, at) => entriesOf(item, staged[at]));
    const opened = staged.some((as) => 'entries' in as && as.entries.length > 0);
    return { ok: true, entries, ...(!opened && { quiet: true as const }) };
  };
  const committed = await recorder.commit({
    entries: [],
    sealed: items.flatMap(({ sealed }) => sealed),
    ...(items[0]?.latch !== undefined && { latch: items[0].latch }),
    steps,
  });
  if (committed.status !== 'committed') return undefined;
  for (const { subject } of fresh) runs.written(subject.run.id);
  for (const [at, as] of staged.entries()) if ('batch' in as) batches?.staged((items[at] as Staged).draft.call, as.batch);
  return staged;
}

/** Runs of which this is the first decision: they become durable with it. */
function freshRuns(items: readonly Staged[]): readonly { readonly subject: Subject; readonly call: ChangeDraft['call'] }[] {
  const found = new Map<string, { readonly subject: Subject; readonly call: ChangeDraft['call'] }>();
  for (const { draft } of items) {
    const { subject } = draft.facts;
    if (subject?.run.fresh) found.set(subject.run.id, { subject, call: draft.call });
  }
  return [...found.values()];
}

function entriesOf({ draft, parts, requested }: Staged, as: StagedAs | undefined): readonly EntryFields[] {
  if (!as || 'moved' in as) return [];
  const decided: EntryFields = {
    ...decidedEntry(parts, draft.ruling),
    batch: as.batch,
    change: as.n,
    ...(draft.before && { changed: { before: draft.before.sealed } }),
  };
  return [...requested, ...as.entries, decided, { ...decided, kind: 'staged' }];
}
