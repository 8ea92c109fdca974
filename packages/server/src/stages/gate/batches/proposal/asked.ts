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

type Row = Pick<BatchRow, 'tools' | 'high' | 'reach' | 'ticket_over' | 'changes' | 'needs' | 'escalated'>;

/** Rules that ask further people of a batch, because nobody decided in time; whom, the policy of now says. */
export function escalatedRules({ escalated }: Pick<BatchRow, 'escalated'>): readonly string[] {
  return JSON.parse(escalated) as readonly string[];
}

/**
 * Who is asked: by the rule of each tool, else of the tier; its stricter steps where the batch reaches so far; and whom a rule
 * asks since nobody decided. It takes an approval of the whole for its tier, its size or its reach, or because one of its changes
 * was staged as asking for one.
 */
export function askedOf(policy: DecidingPolicy, row: Row): Asked {
  const tools = toolsOf(row);
  const reach = tools.some(({ unknown = 0 }) => unknown > 0) ? null : Number(row.reach);
  const escalated = escalatedRules(row);
  const found = tools.map((tool) => ({ ...tool, ...stepOf(ruleFor(policy, { ...tool, tier: tierOf(row) })) }));
  const each = found.map(({ past: _, ...tool }) => tool);
  const asks = each.map((one) => one.asks);
  const whole = needsWhole(row) || row.needs > 0 || found.some(({ past }) => past);
  const known = asks.length > 0 ? asks : [policy.organization.approvals];
  const rules = [...new Set(known.map(({ rule }) => rule))];
  return {
    each,
    names: [...new Set(known.flatMap(({ approvers }) => approvers))],
    needs: whole ? Math.max(1, row.needs, ...known.map(({ needs }) => needs)) : 0,
    distinct: whole ? [...new Set(known.flatMap(({ distinct = [] }) => distinct))] : [],
    rule: rules.join(', '),
  };

  /** As for one call: a reach that nobody can say asks for the strictest step. */
  function stepOf(rule: ApprovalRule | undefined): { readonly asks: ApprovalRule; readonly past: boolean } {
    const base = rule ?? policy.organization.approvals;
    const steps = base.above ?? [];
    const passed = reach === null ? steps.at(-1) : steps.findLast((step) => reach > step.reach);
    const asks = passed?.rule ?? base;
    const further = escalated.includes(asks.rule) ? (asks.escalate?.to ?? []) : [];
    return { asks: { ...asks, approvers: [...new Set([...asks.approvers, ...further])] }, past: passed !== undefined };
  }
}
