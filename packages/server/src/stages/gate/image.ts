import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Seen } from '../../kernel/changes.ts';
import { expressionScope } from '../../kernel/expression-scope.ts';
import type { Facts, Moment, ProbeAnswer } from '../../kernel/facts.ts';
import { probeBarred } from '../../kernel/probe-barred.ts';
import { exactResultOf } from '../../kernel/result-of.ts';
import type { ImageRule } from '../../kernel/rules.ts';
import type { Probe, Ruling } from '../../kernel/stage.ts';

/** The key of the probe for what a call is about to change. */
const beforeKey = 'before';

type Known = Pick<Facts, 'call' | 'subject'>;
type Unanswered = Extract<ProbeAnswer, { readonly ok: false }>;

/** What stands there now: read already, to be read first, or why it cannot be. */
export function imageOf(facts: Known, rule: ImageRule, moment: Moment): Seen | { readonly probe: Probe } | { readonly ruling: Ruling } {
  const given = moment.probes.get(beforeKey);
  const probe = imageProbe(facts, rule, moment);
  const { connector, tool, args } = probe;
  if (given) return given.ok ? { image: given.value as Json, target: { connector, tool, args } } : { ruling: unread(facts, rule, given) };
  const barred = probeBarred(facts, { ...rule, what: 'What this is about to change' }, probe.args, moment);
  return barred ? { ruling: barred } : { probe };
}

/** The read of the record that a call changes. */
export function imageProbe(facts: Known, rule: ImageRule, moment: Moment): Extract<Probe, { kind: 'tool' }> {
  const scope = expressionScope(facts, moment);
  const args: JsonObject = Object.fromEntries(
    Object.entries(rule.args).map(([name, expression]) => [name, expression.evaluate(scope) as Json]),
  );
  const { connector, tool } = rule;
  return {
    kind: 'tool',
    key: beforeKey,
    connector,
    tool,
    args,
    read: (result) => exactResultOf(result, rule.rule),
    shown: true,
    why: rule.rule,
  };
}

function unread({ subject }: Known, { rule, connector, tool }: ImageRule, { says: detail, lost }: Unanswered): Ruling {
  const says = `What this is about to change could not be read through ${connector}.${tool}, so it could not be taken back, and it does not run`;
  return { verdict: 'deny', code: 'probe_failed', rule, says, detail, ...(lost && { lost }), owner: subject.connector.owner };
}
