import { PolicyError } from '../../kernel/errors.ts';
import { expressionScope } from '../../kernel/expression-scope.ts';
import type { Facts, Moment } from '../../kernel/facts.ts';
import type { Objection } from '../../kernel/observing.ts';
import type { CheckRule } from '../../kernel/rules.ts';

type Known = Pick<Facts, 'call' | 'subject'> & Partial<Pick<Facts, 'tiered'>>;

/** The checks that do not hold, in order. One that errors counts as not holding. */
export function* failing(checks: readonly CheckRule[], facts: Known, moment: Moment): Iterable<Objection> {
  if (checks.length === 0) return;
  const scope = expressionScope(facts, moment);
  const { owner } = facts.subject.connector;
  for (const check of checks) {
    const held = holds(check, scope);
    if (held === true) continue;
    const ruling =
      held === false
        ? ({ verdict: 'deny', code: 'check_failed', rule: check.id, says: check.says, owner } as const)
        : ({
            verdict: 'deny',
            code: 'policy_error',
            rule: check.id,
            says: 'A check of the policy could not be evaluated for this call',
            detail: held.message,
            owner,
          } as const);
    yield { ruling, mode: check.mode };
  }
}

function holds(check: CheckRule, scope: ReturnType<typeof expressionScope>): boolean | PolicyError {
  try {
    return check.rule.evaluate(scope) === true;
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}
