import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { ChangeDraft, StagedAs } from '../kernel/batches.ts';
import type { Subject } from '../kernel/facts.ts';
import type { Handled } from '../kernel/handle.ts';
import type { Charge } from '../kernel/limit-rules.ts';
import type { Reservation } from '../kernel/limits.ts';
import type { Sealed } from '../kernel/recorder.ts';
import type { Ruling } from '../kernel/stage.ts';
import { busyTriesMax, refuseReached } from './allowing.ts';
import type { DecidedParts } from './entries.ts';
import type { Frame } from './frame.ts';
import { openGathering, type Staged } from './gathering.ts';

/** What of a call counts when it is staged: that it came. What it would change counts when it is made. */
const countedNow: ReadonlySet<Charge['rule']['measure']> = new Set(['calls', 'repeats', 'agents']);

/** A call that is to be staged, as it was decided. */
export interface ToStage {
  readonly parts: DecidedParts;
  readonly ruling: Ruling;
  readonly written: { readonly requested: readonly EntryFields[]; readonly sealed: Sealed };
}

/** Stages calls of one frame. `moved`: a stop came, or its batch closed meanwhile, so the call is decided again. */
export type Stage = (item: ToStage) => Promise<Handled | 'moved'>;

/** Opens it: a change is durable with `decided (stage)` in one transaction before the client hears anything. */
export function stageWith(frame: Frame): Stage {
  const gather = openGathering(frame);
  return async (item) => {
    const { parts, ruling, written } = item;
    const { subject } = parts.known;
    if (!frame.batches || !subject) throw new Error('a call is to be staged and nothing keeps batches here');
    const staged = toStaged(frame, item, subject);
    for (let tries = 1; ; tries++) {
      const reservation = reserve(frame, parts);
      let as: StagedAs | undefined;
      try {
        as = await gather({ ...staged, ...(reservation?.steps && { takes: reservation.steps }) });
      } catch (error) {
        reservation?.dropped();
        throw error;
      }
      if (as && !('moved' in as)) {
        reservation?.committed();
        return { kind: 'staged', call: parts.known.call.id, ruling, batch: as.batch, n: as.n };
      }
      reservation?.dropped();
      const reached = reservation?.conflict();
      if (!reached) return 'moved';
      if (!reached.busy || tries >= busyTriesMax) return await refuseReached(frame, reached, parts, written);
      await frame.limits?.pause();
    }
  };
}

function reserve({ limits }: Frame, { known }: DecidedParts): Reservation | undefined {
  const { call, subject, within } = known;
  const charges = (within?.charges ?? []).filter(({ rule }) => countedNow.has(rule.measure));
  return limits && subject && charges.length > 0 ? limits.reserve({ call, subject, within: { charges } }) : undefined;
}

function toStaged(frame: Frame, { parts, ruling, written }: ToStage, subject: Subject): Staged {
  const seen = ruling.staging?.before;
  const image = seen && { image: seen.image, seal: frame.recorder.seal(subject.run.id, seen.image) };
  const draft: ChangeDraft = {
    call: parts.known.call,
    facts: parts.known,
    ruling,
    sealedArguments: written.sealed.digest,
    before: image && { image: image.image, sealed: image.seal.digest },
    policy: parts.policy,
  };
  return {
    draft,
    parts,
    requested: written.requested,
    sealed: image ? [written.sealed, image.seal] : [written.sealed],
    latch: parts.known.clear?.generation,
  };
}
