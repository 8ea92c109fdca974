import type { JsonObject } from '@trapkey/contract/json.ts';
import { PolicyError } from '../../kernel/errors.ts';
import { expressionScope } from '../../kernel/expression-scope.ts';
import type { Facts, Moment, ProbeAnswer, Tiered } from '../../kernel/facts.ts';
import { probeBarred } from '../../kernel/probe-barred.ts';
import { resultOf } from '../../kernel/result-of.ts';
import type { Expression, ProbeRule } from '../../kernel/rules.ts';
import type { Ruling, Said } from '../../kernel/stage.ts';

type Known = Pick<Facts, 'call' | 'subject' | 'permitted'>;
type Unanswered = Extract<ProbeAnswer, { readonly ok: false }>;
type Measured = Pick<Tiered, 'reach' | 'recipients'>;

/** More than this many recipients is a reach that nobody reads; the probe's answer is refused. */
const recipientsMax = 100_000;

/** Reach and recipients: from the arguments, or from a read-only probe. */
export function measure(facts: Known, moment: Moment): Said<Measured> {
  const { rules } = facts.permitted;
  const recipients = answer(rules.recipients, 'recipients', facts, moment, recipientsIn);
  if (recipients && !('pass' in recipients)) return recipients;
  const reach = answer(rules.reach, 'reach', facts, moment, reachIn);
  if (reach && !('pass' in reach)) return reach;
  const known = [reach?.pass, recipients?.pass.length].filter((value) => value !== undefined);
  return { pass: { reach: known.length > 0 ? Math.max(...known) : null, recipients: recipients?.pass } };
}

type Read<T> = (value: unknown, rule: string) => T;

function answer<T>(
  rule: Expression<unknown> | ProbeRule | undefined,
  key: string,
  facts: Known,
  moment: Moment,
  read: Read<T>,
): Said<T> | undefined {
  if (!rule) return undefined;
  const scope = expressionScope(facts, moment);
  if (!('connector' in rule)) return { pass: read(rule.evaluate(scope), rule.id) };
  const given = moment.probes.get(key);
  const { subject, permitted } = facts;
  const place = `connector/${subject.connector.id}/${permitted.rules.name}/${key}`;
  if (given) return given.ok ? { pass: read(given.value, rule.value.id) } : { ruling: failed(facts, place, key, rule, given) };
  const args: JsonObject = Object.fromEntries(
    Object.entries(rule.args).map(([name, expression]) => [name, expression.evaluate(scope) as JsonObject[string]]),
  );
  const barred = probeBarred(facts, { ...rule, rule: rule.value.id, what: 'How far this reaches' }, args, moment);
  if (barred) return { ruling: barred };
  const readValue = (result: JsonObject) => read(rule.value.evaluate({ ...scope, result: resultOf(result, rule.value.id) }), rule.value.id);
  return { probe: { kind: 'tool', key, connector: rule.connector, tool: rule.tool, args, read: readValue, why: place } };
}

function failed({ subject }: Known, place: string, key: string, rule: ProbeRule, { says: detail, lost }: Unanswered): Ruling {
  const says = `The ${key} of this call could not be read through ${rule.connector}.${rule.tool}, so it does not run`;
  return { verdict: 'deny', code: 'probe_failed', rule: place, says, detail, ...(lost && { lost }), owner: subject.connector.owner };
}

function reachIn(value: unknown, rule: string): number {
  const reach = typeof value === 'bigint' ? Number(value) : value;
  if (typeof reach !== 'number' || !Number.isSafeInteger(reach) || reach < 0)
    throw new PolicyError(rule, 'the reach is not a whole number of zero or more');
  return reach;
}

function recipientsIn(value: unknown, rule: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
    throw new PolicyError(rule, 'the recipients are not a list of addresses');
  if (value.length > recipientsMax) throw new PolicyError(rule, `there are more than ${recipientsMax} recipients`);
  return value;
}
