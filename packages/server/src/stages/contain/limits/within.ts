import type { Facts, Moment } from '../../../kernel/facts.ts';
import type { DepthRule, Within } from '../../../kernel/limit-rules.ts';
import type { LimitReader } from '../../../kernel/limits.ts';
import { type Objection, weigh } from '../../../kernel/observing.ts';
import { depthForLimit } from '../../../kernel/runs.ts';
import type { Ruling, Said } from '../../../kernel/stage.ts';
import { agentOf, chargesOf } from './charges.ts';
import { reachedSays } from './words.ts';

type Known = Pick<Facts, 'call' | 'subject' | 'permitted' | 'tiered'>;

/**
 * What a call counts for, and whether it is known already that it does not fit: so that nobody is asked about what cannot
 * run. What may run is taken in the transaction of `decided`.
 */
export function within(facts: Known, moment: Moment, limits: LimitReader | undefined): Said<Within> {
  const { call, subject } = facts;
  const again = sameGoal(facts, moment, limits);
  const index = moment.policy.limits;
  const charges = index ? chargesOf(index, facts) : [];
  const objections: Objection[] = again ? [again] : [];
  const deep = index && tooDeep(facts, index.depthByProfile.get(subject.profile?.id ?? '') ?? index.depthByPlugin.get(subject.plugin.id));
  if (deep) objections.push({ ruling: deep, mode: 'enforce' });
  for (const charge of charges) {
    const unknown = Number.isNaN(charge.units);
    const reached =
      unknown || charge.units > charge.rule.max
        ? { charge, used: 0, freeAtMs: undefined, trips: false, lost: 0 }
        : limits?.known(charge, call.atMs);
    if (reached) objections.push({ ruling: limitRuling(reachedSays(reached), charge.rule), mode: charge.rule.mode });
  }
  const { ruling, would } = weigh(objections);
  if (ruling) return { ruling, would };
  return { pass: { charges: charges.filter(({ units }) => !Number.isNaN(units)) }, would };
}

/** The refusal of a limit. */
export function limitRuling(says: string, { id, owner }: { readonly id: string; readonly owner: string }): Ruling {
  return { verdict: 'deny', code: 'limit_reached', rule: id, says, owner };
}

/** An agent whose place nobody told counts as the deepest; a call that names no agent is the person's own. */
function tooDeep({ call }: Known, rule: DepthRule | undefined): Ruling | undefined {
  if (!rule) return undefined;
  const named = agentOf(call);
  const told = call.where?.depth.value;
  const depth = named === undefined && told === undefined ? 0 : depthForLimit(call.where);
  if (depth <= rule.max) return undefined;
  const where =
    told === undefined
      ? 'Nobody tells how deep the agent that calls stands, so it counts as the deepest'
      : `The agent that calls stands ${told} deep`;
  return limitRuling(`${where}; the limit is ${rule.max}. The agents above it can do this themselves`, rule);
}

function sameGoal(facts: Known, { organization }: Moment, limits: LimitReader | undefined): Objection | undefined {
  const before = limits?.refusedBefore(facts);
  if (!before) return undefined;
  const { effect } = facts.permitted.rules;
  return {
    mode: organization.sameGoal ?? 'enforce',
    ruling: {
      verdict: 'deny',
      code: 'refused_before',
      rule: 'same_goal',
      says: `${before.tool} was refused here for the same target (rule ${before.rule}), and this is another way to the same: ${effect}`,
      detail: `after call ${before.call}`,
      owner: facts.subject.connector.owner,
    },
  };
}
