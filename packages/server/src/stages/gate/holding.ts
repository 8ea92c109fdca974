import type { Moment, Released } from '../../kernel/facts.ts';
import type { Objection } from '../../kernel/observing.ts';
import type { Ruling } from '../../kernel/stage.ts';
import type { Asking } from './asking.ts';
import type { Gated } from './gated.ts';
import type { Leaving } from './leaving.ts';
import { sentence } from './sentence.ts';

/**
 * Every rule that asks for a person for this one call, whatever its tier, in the order of precedence: one that only observes
 * must not hide one that holds.
 */
export function* holding(facts: Gated, moment: Moment, { rule: asks }: Asking, leaves?: Leaving): Iterable<Objection> {
  const { permitted, checked, sourced } = facts;
  const { connector } = facts.subject;
  const hold = holdFor(facts, asks);
  if (leaves) {
    const { plugin } = facts.subject;
    yield {
      ruling: hold(leaves.rule, plugin.owner, { code: 'class_barred', says: `${sentence(facts)} ${leaves.says}` }),
      mode: plugin.mode,
    };
  }
  if (connector.requiresApproval)
    yield { ruling: hold(`connector/${connector.id}/requires_approval`, connector.owner), mode: connector.mode };
  const { rules } = permitted;
  if (rules.requiresApproval)
    yield { ruling: hold(`connector/${connector.id}/${rules.name}/requires_approval`, connector.owner), mode: rules.mode };
  if (checked.wantsPerson) {
    const says = `${sentence(facts)} ${checked.wantsPerson.says}.`;
    yield { ruling: hold(checked.wantsPerson.rule, moment.organization.owner, { code: 'checker_hold', says }), mode: 'enforce' };
  }
  if (sourced.wantsPerson) {
    const { code, rule, says } = sourced.wantsPerson;
    yield { ruling: hold(rule, connector.owner, { code, says: `${sentence(facts)} ${says}.` }), mode: connector.mode };
  }
}

/** The tier's own question, where nothing stands in for a person. */
export function byTier(facts: Gated, moment: Moment, { rule: asks, past }: Asking, instead: Released | undefined): Objection | undefined {
  const { permitted, tiered, subject } = facts;
  if (tiered.tier === 'low' || instead) return undefined;
  const { rules } = permitted;
  const rule = past ? asks.rule : (rules.approvals?.rule ?? `tier/${tiered.tier}`);
  return { ruling: holdFor(facts, asks)(rule, rules.approvals ? subject.connector.owner : moment.organization.owner), mode: rules.mode };
}

function holdFor(facts: Gated, asks: Ruling['asks']) {
  return (rule: string, owner: string, more: Partial<Ruling> = {}): Ruling => ({
    verdict: 'hold',
    code: 'approval_needed',
    rule,
    says: sentence(facts),
    owner,
    ...(asks && { asks }),
    ...more,
  });
}
