import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Call } from '../kernel/call.ts';
import { RecordUnavailable } from '../kernel/errors.ts';
import type { ProbeAnswer } from '../kernel/facts.ts';
import type { Handle, Handled } from '../kernel/handle.ts';
import type { Ruling } from '../kernel/stage.ts';
import { commitAllowed, commitDenied, refuseReached } from './allowing.ts';
import { commitDecision } from './commit.ts';
import { recalled } from './data.ts';
import { type Decided, decide, type Resume } from './decide.ts';
import { type DecidedParts, decidedEntry, decisionInputs, requestedEntry } from './entries.ts';
import type { Frame } from './frame.ts';
import { openTicket } from './hold.ts';
import { askProbe } from './probe.ts';
import { settle } from './settle.ts';
import { type Stage, stageWith } from './staging.ts';

/** What one call has asked and written so far, over its rounds. */
interface Progress {
  readonly probes: Map<string, ProbeAnswer>;
  /** The call id and attempt that `requested` was written for. */
  requestedAs: string | undefined;
  /** What probes said, to be written with whatever follows from it. */
  probed: readonly EntryFields[];
}

/**
 * The frame around a decision: `requested` and `decided` are durable before anything outside is touched, `executed`
 * before any result is released. A write that fails means: nothing runs, or the result is withheld. `run` is what an
 * allowed call goes to: its connector, or the client that runs it itself.
 */
export function handleWith(frame: Frame, run: typeof settle = settle): Handle {
  const stage = stageWith(frame);
  return async (proposed, listeners) => {
    const progress: Progress = { probes: new Map(), requestedAs: undefined, probed: [] };
    let arriving = proposed;
    try {
      // What a person looked at as a whole was located when it was staged.
      if (frame.locate && !proposed.change) arriving = await frame.locate(proposed);
      for (let round = 0; round <= frame.redecideMax; round++) {
        const call = await recalled(frame, await attached(frame, arriving));
        const handled = await decideAndRun(frame, { arriving, call, listeners, progress, run, stage });
        if (handled !== 'moved') return handled;
        await frame.refreshStops();
      }
      throw new RecordUnavailable('stops or tickets kept changing while this call was decided');
    } catch (error) {
      if (error instanceof RecordUnavailable) return refuse(arriving, unavailable(frame, error), 'nothing');
      throw error;
    }
  };
}

interface Round {
  readonly arriving: Call;
  readonly call: Call;
  readonly listeners: Parameters<Handle>[1];
  readonly progress: Progress;
  readonly run: typeof settle;
  readonly stage: Stage;
}

/** One walk from the top. `moved`: a stop or ticket changed before the verdict was durable, so it does not count. */
async function decideAndRun(frame: Frame, { arriving, call, listeners, progress, run, stage }: Round): Promise<Handled | 'moved'> {
  const began = frame.stopwatch();
  const moment = frame.moment();
  const { probes } = progress;
  let resume: Resume | undefined;
  for (;;) {
    const decided = decide(frame.stages, call, { ...moment, atMs: call.atMs, probes }, resume);
    const sealed = frame.recorder.seal(decided.facts.subject?.run.id ?? 'unidentified', decisionInputs(decided.facts, probes));
    const as = `${call.id}/${call.attempt}`;
    const requested = [
      ...progress.probed,
      ...(progress.requestedAs === as ? [] : [requestedEntry(decided.facts, moment.policy.digest, sealed.digest)]),
    ];
    if ('probe' in decided.end) {
      const { probe, stage } = decided.end;
      if (probes.size >= frame.probesMax) {
        const ruling = tooManyProbes(frame);
        const parts = partsOf(frame, decided, moment.policy.digest, sealed.digest, began);
        await commitDenied(frame, parts, ruling, { entries: [...requested, decidedEntry(parts, ruling)], sealed: [sealed] });
        return refuse(call, ruling, 'nothing');
      }
      const answer = await askProbe(frame, decided, probe, { requested, sealed });
      if (answer === 'moved') return 'moved';
      probes.set(probe.key, answer.answer);
      progress.probed = [answer.entry];
      progress.requestedAs = as;
      resume = { stage, facts: decided.facts, would: decided.would };
      continue;
    }
    const parts = partsOf(frame, decided, moment.policy.digest, sealed.digest, began);
    if ('ruling' in decided.end) {
      const { ruling } = decided.end;
      if (ruling.verdict === 'hold') return await openTicket(frame, parts, ruling, { requested, sealed });
      if (ruling.verdict === 'stage') return await stage({ parts, ruling, written: { requested, sealed } });
      await commitDenied(frame, parts, ruling, { entries: [...requested, decidedEntry(parts, ruling)], sealed: [sealed] });
      return refuse(call, ruling, 'nothing');
    }
    const { released } = decided.end;
    const { ticket } = released.released;
    const committed = await commitAllowed(frame, released, {
      entries: [...requested, decidedEntry(parts, released.released)],
      sealed: [sealed],
      latch: released.clear.generation,
    });
    if (committed.status === 'limit') return await refuseReached(frame, committed.reached, parts, { requested, sealed });
    if (committed.status === 'latch_moved') return 'moved';
    // Used up by another call in the same moment: a person is asked.
    if (committed.status === 'conflict' && ticket === undefined && !call.change) return 'moved';
    if (committed.status === 'conflict')
      return await refuseUsed(frame, arriving, parts, { conflict: committed.conflict, probed: progress.probed });
    return await run(frame, { facts: released, parts, listeners, probes, warnings: warnings(decided) });
  }
}

/** With what is known of it already: its ticket, or how much of its kind its run did. A change brings all of it. */
async function attached(frame: Frame, arriving: Call): Promise<Call> {
  if (arriving.change) return arriving;
  const call = await frame.tickets.attach(arriving);
  return frame.batches ? await frame.batches.attach(call) : call;
}

function partsOf(frame: Frame, decided: Decided, policy: string, sealedArguments: string, began: number): DecidedParts {
  const { facts: known, would } = decided;
  return { known, would, policy, sealedArguments, decideMs: frame.stopwatch() - began, atMs: frame.clock() };
}

function refuse(call: Call, ruling: Ruling, happened: 'nothing' | 'unknown' | 'done'): Handled {
  return { kind: 'refused', call: call.id, ruling, happened };
}

/** Another resume of the same ticket was first. Told under the id it arrived with: the ticket's own belongs to the one that runs. */
async function refuseUsed(
  frame: Frame,
  arriving: Call,
  parts: DecidedParts,
  { conflict, probed }: { readonly conflict: string; readonly probed: readonly EntryFields[] },
): Promise<Handled> {
  const ruling: Ruling = {
    verdict: 'deny',
    code: 'ticket_used',
    ...(arriving.change
      ? { rule: `batch/${arriving.change.id}`, says: 'This change was made or ended meanwhile; a change is made once' }
      : { rule: 'gate/ticket', says: 'Its ticket was used or ended meanwhile; a ticket runs once' }),
    detail: conflict,
    owner: frame.moment().organization.owner,
    ...(parts.known.released?.ticket !== undefined && { ticket: parts.known.released.ticket }),
  };
  const known = { ...parts.known, call: arriving };
  const sealed = frame.recorder.seal(parts.known.subject?.run.id ?? 'unidentified', decisionInputs(known, new Map()));
  const entries = [
    ...probed,
    requestedEntry(known, parts.policy, sealed.digest),
    decidedEntry({ ...parts, known, sealedArguments: sealed.digest }, ruling),
  ];
  await commitDecision(frame, known, { entries, sealed: [sealed] });
  return refuse(arriving, ruling, 'nothing');
}

function unavailable(frame: Frame, error: Error): Ruling {
  return {
    verdict: 'deny',
    code: 'record_unavailable',
    rule: 'record',
    says: 'The record cannot be written, so nothing runs',
    detail: error.message,
    owner: frame.moment().organization.owner,
  };
}

function tooManyProbes(frame: Frame): Ruling {
  return {
    verdict: 'deny',
    code: 'policy_error',
    rule: 'probes',
    says: 'The policy asks for more facts than one call may read',
    owner: frame.moment().organization.owner,
  };
}

function warnings(decided: Decided): readonly string[] {
  return decided.would
    .filter((would) => would.mode === 'warn')
    .map((would) => `${would.rule} would have answered ${would.verdict} (${would.code}).`);
}
