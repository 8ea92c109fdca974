import type { Moment } from '../../kernel/facts.ts';
import type { ApprovalRule } from '../../kernel/rules.ts';
import type { Gated } from './gated.ts';

/** Who is asked, were a person asked, and whether the pieces of one goal have come so far that one is. */
export interface Asking {
  readonly rule: ApprovalRule;
  /** True when a stricter step holds: nothing stands in for a person any more. */
  readonly past: boolean;
  /** Where the first step begins. */
  readonly reachMax: number | undefined;
}

/** The rule of the tool, else of its tier; the farthest of its steps that this and the earlier pieces pass together. */
export function askingOf(facts: Gated, { organization }: Moment): Asking {
  const { permitted, tiered } = facts;
  const base = permitted.rules.approvals ?? organization.approvalsByTier?.get(tiered.tier) ?? organization.approvals;
  const steps = base.above ?? [];
  const reach = cumulative(facts);
  const passed = reach === null ? steps.at(-1) : steps.findLast((step) => reach > step.reach);
  return { rule: passed?.rule ?? base, past: passed !== undefined && tiered.tier !== 'low', reachMax: steps[0]?.reach };
}

/** What this and the earlier pieces of its goal reach together; null when nobody can say. */
export function cumulative({ call, tiered }: Pick<Gated, 'call' | 'tiered'>): number | null {
  return tiered.reach === null ? null : tiered.reach + (call.earlier?.reach ?? 0);
}
