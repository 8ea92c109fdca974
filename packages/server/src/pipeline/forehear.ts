import type { Call } from '../kernel/call.ts';
import { RecordUnavailable } from '../kernel/errors.ts';
import type { Ruling } from '../kernel/stage.ts';
import { commitDecision } from './commit.ts';
import { decide } from './decide.ts';
import { decidedEntry, decisionInputs, requestedEntry } from './entries.ts';
import type { Frame } from './frame.ts';

/** Writes what the client is told, under the latch that nothing was found under; `moved`: a stop came between. */
export type UnderLatch = (generation: number | undefined) => Promise<'written' | 'moved'>;

/** Says no to a call that is only announced; undefined where nothing stands against it yet, and that is durable. */
export type Forehear = (call: Call, durable: UnderLatch) => Promise<Ruling | undefined>;

/** What the hook cannot know of the call to come, so its refusal is not final: the token's profile, and the call itself. */
const notYet: readonly Ruling['code'][] = ['not_in_profile', 'not_announced', 'announced_otherwise', 'ticket_used', 'definition_changed'];

/**
 * Walks the list once for a call that the gateway is about to get. It never allows, holds, probes or reserves: it says no
 * where a stop or a rule already does, and records that. Without a stop or rule, the gateway decides.
 */
export function forehearWith(frame: Frame): Forehear {
  return async (call, durable) => {
    for (let round = 0; round <= frame.redecideMax; round++) {
      const walked = await walk(frame, call);
      if ('ruling' in walked) return walked.ruling;
      if ((await durable(walked.generation)) === 'written') return undefined;
      await frame.refreshStops();
    }
    throw new RecordUnavailable('stops kept changing while this call was announced');
  };
}

async function walk(frame: Frame, call: Call): Promise<{ readonly ruling: Ruling } | { readonly generation: number | undefined }> {
  const began = frame.stopwatch();
  const moment = frame.moment();
  const decided = decide(frame.stages, call, { ...moment, atMs: call.atMs, probes: new Map() });
  const { facts: known, would } = decided;
  const ruling = 'ruling' in decided.end ? decided.end.ruling : undefined;
  if (ruling?.verdict !== 'deny' || notYet.includes(ruling.code)) return { generation: known.clear?.generation };
  const policy = moment.policy.digest;
  const sealed = frame.recorder.seal(known.subject?.run.id ?? 'unidentified', decisionInputs(known, new Map()));
  const decideMs = frame.stopwatch() - began;
  const parts = { known, would, policy, sealedArguments: sealed.digest, decideMs, atMs: frame.clock() };
  await commitDecision(frame, known, {
    entries: [
      { ...requestedEntry(known, policy, sealed.digest), coverage: 'hook' },
      { ...decidedEntry(parts, ruling), coverage: 'hook' },
    ],
    sealed: [sealed],
  });
  return { ruling };
}
