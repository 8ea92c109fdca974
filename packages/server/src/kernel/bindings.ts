import { createHash } from 'node:crypto';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { PolicyError } from './errors.ts';
import type { BindRule, ExpressionScope } from './rules.ts';

/** What a call names under a binding, as digests that only one run has. */
export interface Binding {
  readonly name: string;
  readonly digests: readonly string[];
}

/** What a call touches of what its profile binds. An expression speaks only of calls that have the arguments it names. */
export function bindingsOf(rules: readonly BindRule[], args: JsonObject, run: string, scope: ExpressionScope): readonly Binding[] {
  return rules.flatMap(({ name, values }) => {
    const digests = values
      .filter((value) => value.args.every((arg) => args[arg] !== undefined && args[arg] !== null))
      .flatMap(({ expression }) => [expression.evaluate(scope)].flat().map((value) => digestOf(run, name, value, expression.id)));
    return digests.length === 0 ? [] : [{ name, digests }];
  });
}

function digestOf(run: string, name: string, value: unknown, rule: string): string {
  if (!['string', 'number', 'bigint', 'boolean'].includes(typeof value))
    throw new PolicyError(rule, `binds ${name} to something that is no single value`);
  return createHash('sha256')
    .update(JSON.stringify([run, name, String(value)]))
    .digest('base64url');
}
