import { PolicyError } from '../../kernel/errors.ts';
import type { Tiered } from '../../kernel/facts.ts';
import type { ExpressionScope, ToolRules } from '../../kernel/rules.ts';

/** Money in integer micro-units of its currency. What is no amount refuses the call. */
export function amountOf(rule: NonNullable<ToolRules['amount']>, scope: ExpressionScope): NonNullable<Tiered['amount']> {
  const value = Number(rule.value.evaluate(scope));
  const microUnits = Math.round(value * 1_000_000);
  if (!Number.isSafeInteger(microUnits) || microUnits < 0)
    throw new PolicyError(rule.value.id, 'the amount is not a number of zero or more that can be counted exactly');
  const currency = rule.currency.evaluate(scope).toUpperCase();
  if (!/^[A-Z]{3}$/.test(currency)) throw new PolicyError(rule.currency.id, 'the currency is not a three-letter code');
  return { microUnits, currency };
}
