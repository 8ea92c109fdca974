import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { StagedAs } from '../kernel/batches.ts';
import type { Handled } from '../kernel/handle.ts';
import type { Sealed } from '../kernel/recorder.ts';
import type { Ruling } from '../kernel/stage.ts';
import { commitDecision } from './commit.ts';
import { type DecidedParts, decidedEntry } from './entries.ts';
import type { Frame } from './frame.ts';

/**
 * Commits the change with `decided (stage)` in one transaction, before the client hears anything. `moved`: a stop came, or
 * the batch closed meanwhile, so the call is decided again.
 */
export async function stage(
  frame: Frame,
  parts: DecidedParts,
  ruling: Ruling,
  written: { readonly requested: readonly EntryFields[]; readonly sealed: Sealed },
): Promise<Handled | 'moved'> {
  const { known, policy } = parts;
  const { call, subject, clear } = known;
  const { batches } = frame;
  const { staging } = ruling;
  if (!batches || !staging || !subject) throw new Error('a call is to be staged and nothing keeps batches here');
  const { before: seen } = staging;
  const before = seen && { image: seen.image, seal: frame.recorder.seal(subject.run.id, seen.image) };
  const draft = {
    call,
    facts: known,
    ruling,
    sealedArguments: written.sealed.digest,
    before: before && { image: before.image, sealed: before.seal.digest },
    policy,
  };
  let staged: StagedAs | undefined;
  const committed = await commitDecision(frame, known, {
    entries: written.requested,
    sealed: [written.sealed, ...(before ? [before.seal] : [])],
    ...(clear && { latch: clear.generation }),
    steps: async (tx) => {
      [staged] = await batches.stage(tx, [draft]);
      if (!staged || 'moved' in staged) return { ok: false, conflict: staged?.moved ?? 'it was not staged' };
      const decided: EntryFields = {
        ...decidedEntry(parts, ruling),
        batch: staged.batch,
        change: staged.n,
        ...(before && { changed: { before: before.seal.digest } }),
      };
      return { ok: true, entries: [...staged.entries, decided, { ...decided, kind: 'staged' }] };
    },
  });
  if (committed.status !== 'committed') return 'moved';
  if (!staged || 'moved' in staged) throw new Error('a call was neither staged nor moved');
  return { kind: 'staged', call: call.id, ruling, batch: staged.batch, n: staged.n };
}
