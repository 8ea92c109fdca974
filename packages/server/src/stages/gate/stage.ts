import type { Mode } from '@trapkey/contract/codes.ts';
import type { Moment, Released } from '../../kernel/facts.ts';
import { weigh } from '../../kernel/observing.ts';
import type { ApprovalRule } from '../../kernel/rules.ts';
import { type Ruling, type Said, stage } from '../../kernel/stage.ts';
import { attached } from './attached.ts';
import type { Gated } from './gated.ts';
import { sentence } from './sentence.ts';
import { standing } from './standing.ts';

/** Why it may run: the tier, a standing rule, or a person. */
export function gate() {
  return stage({
    name: 'gate',
    needs: ['call', 'subject', 'clear', 'permitted', 'bounded', 'tiered', 'checked'],
    gives: 'released',
    run: (facts, moment): Said<Released> => {
      const asks = asksOf(facts, moment);
      const answered = attached(facts, moment, asks);
      if (answered) return answered;
      const first = firstHold(facts, moment, asks);
      const { ruling, would } = weigh(first ? [first] : []);
      if (ruling) return { ruling };
      if (would[0]) return { pass: { code: 'observed', rule: would[0].rule, approval: null, ticket: undefined }, would };
      return { pass: standing(facts, moment) ?? { code: 'allowed', rule: `tier/${facts.tiered.tier}`, approval: null, ticket: undefined } };
    },
  });
}

/** Who is asked, were a person asked. */
function asksOf(facts: Gated, { organization }: Moment): ApprovalRule {
  return facts.permitted.rules.approvals ?? organization.approvals;
}

function firstHold(facts: Gated, moment: Moment, asks: ApprovalRule): { ruling: Ruling; mode: Mode } | undefined {
  const { subject, permitted, checked, tiered } = facts;
  const { connector } = subject;
  const says = sentence(facts);
  const hold = (code: Ruling['code'], rule: string, owner: string, words = says): Ruling => ({
    verdict: 'hold',
    code,
    rule,
    says: words,
    owner,
    asks,
  });
  if (connector.requiresApproval)
    return { ruling: hold('approval_needed', `connector/${connector.id}/requires_approval`, connector.owner), mode: connector.mode };
  if (permitted.rules.requiresApproval) {
    return {
      ruling: hold('approval_needed', `connector/${connector.id}/${permitted.rules.name}/requires_approval`, connector.owner),
      mode: permitted.rules.mode,
    };
  }
  if (checked.wantsPerson) {
    return {
      ruling: hold('checker_hold', checked.wantsPerson.rule, moment.organization.owner, `${says} ${checked.wantsPerson.says}`),
      mode: 'enforce',
    };
  }
  if (tiered.tier === 'low' || standing(facts, moment)) return undefined;
  const rule = permitted.rules.approvals?.rule ?? `tier/${tiered.tier}`;
  const owner = permitted.rules.approvals ? connector.owner : moment.organization.owner;
  return { ruling: hold('approval_needed', rule, owner), mode: softer(permitted.rules.mode, moment.organization.mode) };
}

/** The hold rests on the connector's classification and the organization's table; it binds when both do. */
function softer(a: Mode, b: Mode): Mode {
  return a === 'enforce' ? b : a;
}
