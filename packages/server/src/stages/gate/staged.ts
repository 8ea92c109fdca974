import { levelInForce } from '../../kernel/autonomy.ts';
import type { Staging } from '../../kernel/changes.ts';
import type { Moment, Released, Subject } from '../../kernel/facts.ts';
import type { Objection } from '../../kernel/observing.ts';
import type { ToolRules } from '../../kernel/rules.ts';
import type { Ruling } from '../../kernel/stage.ts';
import type { Asking } from './asking.ts';
import type { Gated } from './gated.ts';
import { levelOf } from './level.ts';
import { sentence } from './sentence.ts';
import { weightOf } from './weight.ts';

/** How many changes of a batch are drawn where no rule of the tool says so. */
const sampleDefault = 10;

/**
 * Set where a call is to become a change of a batch: by `stage` of its tool where one run reaches so far with it, in many calls
 * or in one, whatever stands in for a person elsewhere; and by the autonomy level `sample` where nothing does.
 */
export function staged(facts: Gated, moment: Moment, asking: Asking, instead: Released | undefined): Objection | undefined {
  const { call, permitted, subject } = facts;
  const { rules } = permitted;
  if (call.method !== 'tools/call' || rules.effect === 'read') return undefined;
  const reached = (call.staged?.count ?? 0) + weightOf(facts.tiered);
  const rule = rules.stage && reached > rules.stage.over ? rules.stage.rule : undefined;
  const level = rule === undefined && !instead ? bySample(facts, moment) : undefined;
  const decides = rule ?? level;
  if (decides === undefined) return undefined;
  const ruling = { code: 'staged', rule: decides, says: sentence(facts), owner: subject.connector.owner } as const;
  const cannot = call.via === 'hook' ? byClient : Object.keys(call.extra).length > 0 ? withMore : undefined;
  if (cannot) return { ruling: unstageable(ruling, asking, cannot), mode: rules.mode };
  return {
    ruling: { ...ruling, verdict: 'stage', staging: staging(facts, asking, rule === undefined ? 'sample' : 'rule') },
    mode: rules.mode,
  };
}

/** Whether calls of a tool may be staged at all, under the policy of now. */
export function mayStage(
  {
    call,
    subject,
    rules,
  }: { readonly call: { readonly name: string }; readonly subject: Pick<Subject, 'plugin' | 'connector'>; readonly rules: ToolRules },
  moment: Moment,
): boolean {
  if (rules.effect === 'read') return false;
  return rules.stage !== undefined || levelInForce(subject, call.name, moment).level === 'sample';
}

/** Whether calls of any tool of a plugin may be staged, on whichever of its connectors. */
export function anyStaged({ plugin }: Pick<Subject, 'plugin'>, moment: Moment): boolean {
  return plugin.connectors.some((id) => {
    const connector = moment.policy.connectors.get(id);
    if (!connector) return false;
    const subject = { plugin, connector };
    return [...connector.tools.values()].some((rules) => mayStage({ call: { name: rules.name }, subject, rules }, moment));
  });
}

/** Only the medium tier: what cannot be taken back has a person, or a rule of its own tool. */
function bySample({ tiered, ...facts }: Gated, moment: Moment): string | undefined {
  const level = tiered.tier === 'medium' ? levelOf(facts, moment) : undefined;
  return level?.level === 'sample' ? level.rule : undefined;
}

function staging({ permitted, tiered }: Gated, asking: Asking, level: Staging['level']): Staging {
  const { stage } = permitted.rules;
  const high = tiered.tier === 'high';
  const lasting = high && !tiered.reversible;
  return {
    before: undefined,
    level,
    sample: stage?.sample ?? sampleDefault,
    ticketOver: stage?.ticketOver,
    lasting,
    high,
    whole: high || asking.past,
    asks: asking.rule,
  };
}

const byClient = 'what the client runs itself cannot be';
/** A batch shows arguments: whoever marks a change would not see the answers that go along. */
const withMore = 'what carries answers besides its arguments cannot be';

/** What cannot wait in a batch: a person is asked for this one. */
function unstageable(ruling: Omit<Ruling, 'verdict'>, { rule: asks }: Asking, cannot: string): Ruling {
  const says = `${ruling.says} So many of its kind would be a batch, and ${cannot}`;
  return { ...ruling, verdict: 'hold', code: 'approval_needed', says, asks };
}
