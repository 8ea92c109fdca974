import type { CheckerQuestion } from '@trapkey/contract/checker.ts';
import type { Checked, Facts, Moment, ProbeAnswer } from '../../kernel/facts.ts';
import type { Said } from '../../kernel/stage.ts';

type Known = Pick<Facts, 'call' | 'subject' | 'tiered'>;
type Wants = Checked['wantsPerson'];

/** Asks each installed checker once. `no objection` leaves everything as it was; only a clear `deny` refuses. */
export function askCheckers(checkers: readonly string[], facts: Known, moment: Moment): Said<Wants> {
  let wants: Wants;
  for (const checker of checkers) {
    const key = `checker:${checker}`;
    const answer = moment.probes.get(key);
    if (!answer) return { probe: { kind: 'checker', key, checker, question: questionOf(facts), why: `checker ${checker}` } };
    const read = readAnswer(answer);
    const rule = `checker/${checker}`;
    if (read.answer === 'deny') {
      return {
        ruling: {
          verdict: 'deny',
          code: 'checker_denied',
          rule,
          says: `The checker ${checker} refused it: ${read.says}`,
          owner: moment.organization.owner,
        },
      };
    }
    if (read.answer === 'hold') wants ??= { rule, says: `The checker ${checker} asks for a person: ${read.says}` };
  }
  return { pass: wants };
}

function questionOf({ call, subject, tiered }: Known): CheckerQuestion {
  return {
    call: call.id,
    person: subject.person,
    plugin: subject.plugin.id,
    connector: subject.connector.id,
    tool: call.name,
    effect: tiered.effect,
    tier: tiered.tier,
    reach: tiered.reach,
    arguments: call.args,
  };
}

/** Failure, silence and nonsense are a hold: a checker that is broken must not open what it guards. */
function readAnswer(answer: ProbeAnswer): { readonly answer: 'no objection' | 'deny' | 'hold'; readonly says: string } {
  if (!answer.ok) return { answer: 'hold', says: 'it did not answer' };
  const value = answer.value as { readonly answer?: unknown; readonly says?: unknown } | null | undefined;
  const says = typeof value?.says === 'string' ? quoted(value.says) : 'it gave no reason';
  switch (value?.answer) {
    case 'no objection':
      return { answer: 'no objection', says };
    case 'deny':
      return { answer: 'deny', says };
    case 'hold':
      return { answer: 'hold', says };
    default:
      return { answer: 'hold', says: 'its answer was not one that a checker may give' };
  }
}

/** Its words reach the agent, so they are data: one line, capped, in quotes. */
function quoted(words: string): string {
  return JSON.stringify(words.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').slice(0, 300));
}
