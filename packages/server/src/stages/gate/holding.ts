import type { Moment, Released } from '../../kernel/facts.ts';
import type { Objection } from '../../kernel/observing.ts';
import type { Ruling } from '../../kernel/stage.ts';
import type { Asking } from './asking.ts';
import type { Gated } from './gated.ts';
import type { Leaving } from './leaving.ts';
import { sentence } from './sentence.ts';

/** Every rule that asks for a person, in the order of precedence: one that only observes must not hide one that holds. */
export function* holding(
  facts: Gated,
  moment: Moment,
  { rule: asks, past }: Asking,
  instead: Released | undefined,
  leaves?: Leaving,
): Iterable<Objection> {
  const { permitted, checked, sourced, tiered } = facts;
  const { connector } = facts.subject;
  const hold = (rule: string, owner: string, more: Partial<Ruling> = {}): Ruling => ({
    verdict: 'hold',
    code: 'approval_needed',
    rule,
    says: sentence(facts),
    owner,
    asks,
    ...more,
  });
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
  if (tiered.tier === 'low' || instead) return;
  const rule = past ? asks.rule : (rules.approvals?.rule ?? `tier/${tiered.tier}`);
  yield { ruling: hold(rule, rules.approvals ? connector.owner : moment.organization.owner), mode: rules.mode };
}
