import type { ApprovalRule } from '../../../../kernel/rules.ts';
import { type DecidingPolicy, ruleFor } from '../../deciding/people.ts';
import type { BatchRow } from './store.ts';
import { type BatchTool, needsWhole, tierOf, toolsOf } from './tools.ts';

/** The approval rule of a tool of the batch. */
export interface AskedFor extends BatchTool {
  readonly asks: ApprovalRule;
}

/** Who decides a batch, under the running policy. */
export interface Asked {
  /** One for each tool: whoever decides must be among those of every one. */
  readonly each: readonly AskedFor[];
  readonly names: readonly string[];
  /** Approvals of the whole; 0 where the sample is enough. */
  readonly needs: number;
  readonly distinct: readonly string[];
  readonly rule: string;
}

type Row = Pick<BatchRow, 'tools' | 'lasting' | 'reach' | 'ticket_over' | 'changes' | 'rule'>;

/** Who is asked: by the rule of each tool, else of the tier; its stricter steps where the batch reaches so far. */
export function askedOf(policy: DecidingPolicy, row: Row): Asked {
  const each = toolsOf(row).map((tool) => ({ ...tool, asks: stepOf(ruleFor(policy, { ...tool, tier: tierOf(row) }), Number(row.reach)) }));
  const asks = each.map((one) => one.asks);
  const known = asks.length > 0 ? asks : [policy.organization.approvals];
  const rules = [...new Set(known.map(({ rule }) => rule))];
  return {
    each,
    names: [...new Set(known.flatMap(({ approvers }) => approvers))],
    needs: needsWhole(row) ? Math.max(1, ...known.map(({ needs }) => needs)) : 0,
    distinct: needsWhole(row) ? [...new Set(known.flatMap(({ distinct = [] }) => distinct))] : [],
    rule: rules.join(', '),
  };

  function stepOf(rule: ApprovalRule | undefined, reach: number): ApprovalRule {
    const base = rule ?? policy.organization.approvals;
    return base.above?.findLast((step) => reach > step.reach)?.rule ?? base;
  }
}
