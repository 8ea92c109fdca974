import type { ProbeAnswer } from '../kernel/facts.ts';
import type { Judge } from '../kernel/judge.ts';
import { decide, type Resume } from './decide.ts';
import { decisionInputs } from './entries.ts';
import type { Frame } from './frame.ts';
import { ticketContext } from './hold.ts';
import { askProbe, type Probed } from './probe.ts';

/** Walks the list as `handle` does, asks what must be asked, and ends where the verdict would be written. */
export function judgeWith(frame: Frame): Judge {
  return async (call) => {
    const moment = frame.moment();
    const probes = new Map<string, ProbeAnswer>();
    let resume: Resume | undefined;
    for (;;) {
      const decided = decide(frame.stages, call, { ...moment, atMs: call.atMs, probes }, resume);
      const inputs = decisionInputs(decided.facts, probes);
      const judged = { facts: decided.facts, inputs, policy: moment.policy.digest };
      if ('ruling' in decided.end)
        return { ...judged, ...(await ticketContext(frame, decided.facts, decided.end.ruling)), end: { ruling: decided.end.ruling } };
      if ('released' in decided.end) return { ...judged, end: { released: decided.end.released.released } };
      const { probe, stage } = decided.end;
      const sealed = frame.recorder.seal(decided.facts.subject?.run.id ?? 'unidentified', inputs);
      const answer =
        probes.size < frame.probesMax
          ? await askProbe(frame, decided, probe, { requested: [], sealed })
          : ({ ok: false, says: 'the policy asks for more facts than one call may read' } as const);
      if (answer !== 'moved' && 'entry' in answer) await frame.recorder.commit({ entries: [answer.entry] });
      probes.set(probe.key, answerOf(answer));
      resume = { stage, facts: decided.facts, would: decided.would };
    }
  };
}

function answerOf(asked: Probed | ProbeAnswer | 'moved'): ProbeAnswer {
  if (asked === 'moved') return { ok: false, says: 'a stop was engaged meanwhile', lost: true, stopped: true };
  return 'entry' in asked ? asked.answer : asked;
}
