import type { EntryFields } from '@trapkey/contract/entry.ts';
import { RecordUnavailable } from '../kernel/errors.ts';
import type { Call } from '../kernel/call.ts';
import type { ProbeAnswer } from '../kernel/facts.ts';
import type { Handle, Handled } from '../kernel/handle.ts';
import type { Ruling } from '../kernel/stage.ts';
import { type Decided, decide, type Resume } from './decide.ts';
import { decidedEntry, decisionInputs, requestedEntry } from './entries.ts';
import type { Frame } from './frame.ts';
import { openTicket } from './hold.ts';
import { askProbe } from './probe.ts';
import { settle } from './settle.ts';

/**
 * The frame around a decision: `requested` and `decided` are durable before anything outside is touched, `executed`
 * before any result is released. A write that fails means: nothing runs, or the result is withheld.
 */
export function handleWith(frame: Frame): Handle {
  return async (arriving, listeners) => {
    try {
      const ticket = await frame.tickets.find(arriving);
      const call = ticket?.state === 'approved' ? { ...arriving, id: ticket.call, attempt: ticket.attempt + 1, ticket } : { ...arriving, ticket };
      return await decideAndRun(frame, call, listeners);
    } catch (error) {
      if (error instanceof RecordUnavailable) return refuse(arriving, unavailable(frame, error), 'nothing');
      throw error;
    }
  };
}

async function decideAndRun(frame: Frame, call: Call, listeners: Parameters<Handle>[1]): Promise<Handled> {
  const began = frame.stopwatch();
  const moment = frame.moment();
  const probes = new Map<string, ProbeAnswer>();
  let resume: Resume | undefined;
  let recorded = false;
  let redecided = 0;
  for (;;) {
    const decided = decide(frame.stages, call, { ...moment, atMs: call.atMs, probes }, resume);
    const sealed = frame.recorder.seal(decided.facts.subject?.run.id ?? 'unidentified', decisionInputs(call, probes));
    const requested = recorded ? [] : [requestedEntry(decided.facts, moment.policy.digest, sealed.digest)];
    if ('probe' in decided.end) {
      const { probe, stage } = decided.end;
      if (probes.size >= frame.probesMax) return refuse(call, tooManyProbes(frame), 'nothing');
      probes.set(probe.key, await askProbe(frame, decided, probe, { requested, sealed }));
      recorded = true;
      resume = { stage, facts: decided.facts, would: decided.would };
      continue;
    }
    const parts = {
      known: decided.facts,
      would: decided.would,
      policy: moment.policy.digest,
      sealedArguments: sealed.digest,
      decideMs: frame.stopwatch() - began,
      atMs: frame.clock(),
    };
    if ('ruling' in decided.end) {
      const { ruling } = decided.end;
      if (ruling.verdict === 'hold') return await openTicket(frame, parts, ruling, { requested, sealed });
      await frame.recorder.commit({ entries: [...requested, decidedEntry(parts, ruling)], sealed: [sealed] });
      return refuse(call, ruling, 'nothing');
    }
    const { released } = decided.end;
    const entries: EntryFields[] = [...requested, decidedEntry(parts, released.released)];
    const ticket = released.released.ticket;
    const committed = await frame.recorder.commit({
      entries,
      sealed: [sealed],
      latch: released.clear.generation,
      ...(ticket !== undefined && { steps: (tx) => frame.tickets.consume(tx, ticket) }),
    });
    if (committed.status === 'committed') {
      return await settle(frame, { facts: released, parts, listeners, warnings: warnings(decided) });
    }
    if (committed.status === 'conflict') return await refuseUsed(frame, parts, requested, sealed, committed.conflict);
    if (++redecided > frame.redecideMax) throw new RecordUnavailable('stops kept changing while this call was decided');
    await frame.refreshStops();
    resume = undefined;
  }
}

function refuse(call: Call, ruling: Ruling, happened: 'nothing' | 'unknown' | 'done'): Handled {
  return { kind: 'refused', call: call.id, ruling, happened };
}

async function refuseUsed(
  frame: Frame,
  parts: Parameters<typeof decidedEntry>[0],
  requested: readonly EntryFields[],
  sealed: Parameters<typeof openTicket>[3]['sealed'],
  conflict: string,
): Promise<Handled> {
  const ruling: Ruling = {
    verdict: 'deny',
    code: 'ticket_used',
    rule: 'gate/ticket',
    says: 'Its ticket was used already; a ticket runs once',
    detail: conflict,
    owner: frame.moment().organization.owner,
  };
  await frame.recorder.commit({ entries: [...requested, decidedEntry(parts, ruling)], sealed: [sealed] });
  return refuse(parts.known.call, ruling, 'nothing');
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
  return decided.would.filter((would) => would.mode === 'warn').map((would) => `${would.rule} would have answered ${would.verdict} (${would.code}).`);
}
