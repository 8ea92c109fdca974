import canonicalize from 'canonicalize';
import type { ChangeView } from '../../kernel/changes.ts';
import { expressionScope } from '../../kernel/expression-scope.ts';
import type { Moment } from '../../kernel/facts.ts';
import type { Expression, ProbeRule } from '../../kernel/rules.ts';
import type { Ruling } from '../../kernel/stage.ts';
import type { Gated } from './gated.ts';
import { imageProbe } from './image.ts';
import { boundRecipients, type RecipientsDigest } from './recipients.ts';

/** What of a change is not as people saw it when they said yes to its batch, besides its record; undefined when nothing is. */
export function movedSinceLooked(
  facts: Gated,
  moment: Moment,
  { looked }: ChangeView,
  digest: RecipientsDigest | undefined,
): Pick<Ruling, 'code' | 'says'> | undefined {
  if (!looked) return undefined;
  const { tiered, permitted } = facts;
  const than = 'than when this change was looked at, so it is not made';
  if (!looked.lasting && tiered.tier === 'high' && !tiered.reversible)
    return {
      code: 'approval_needed',
      says: 'It cannot be taken back any more, and it could when its batch was looked at: a person must say yes to that. Stage it again',
    };
  if (!looked.high && tiered.tier === 'high')
    return {
      code: 'approval_needed',
      says: 'It is of the high tier now, and it was not when its batch was looked at: a person must say yes to all of it. Stage it again',
    };
  if (tiered.destination !== looked.destination)
    return { code: 'changed_since', says: `It goes elsewhere (${tiered.destination} instead of ${looked.destination}) ${than}` };
  // What is read from the record itself is as the earlier change left it; that nobody else was there is looked at with the record.
  const own = (rule: Expression<unknown> | ProbeRule | undefined) => looked.later && readsRecord(facts, moment, rule);
  const { reach, recipients } = permitted.rules;
  if (!own(recipients) && !sameRecipients(tiered.recipients, looked.recipients, digest))
    return { code: 'changed_since', says: `It reaches others ${than}` };
  if (!own(reach) && !own(recipients) && !noFarther(tiered.reach, looked.reach))
    return { code: 'changed_since', says: `It reaches more ${than}: ${number(tiered.reach)} instead of ${number(looked.reach)}` };
  return undefined;
}

function sameRecipients(now: readonly string[] | undefined, looked: string | null, digest: RecipientsDigest | undefined): boolean {
  return now === undefined ? looked === null : digest !== undefined && boundRecipients(digest, now) === looked;
}

/** Fewer are no more than what people said yes to. */
function noFarther(now: number | null, looked: number | null): boolean {
  return now === null || looked === null ? now === looked : now <= looked;
}

const number = (reach: number | null): string => (reach === null ? 'an unknown number' : String(reach));

/** Whether a fact is read by the very read that gives the record which the call changes. */
function readsRecord(facts: Gated, moment: Moment, rule: Expression<unknown> | ProbeRule | undefined): boolean {
  const { before } = facts.permitted.rules;
  if (!rule || !('connector' in rule) || !before || rule.connector !== before.connector || rule.tool !== before.tool) return false;
  const scope = expressionScope(facts, moment);
  const args = Object.fromEntries(Object.entries(rule.args).map(([name, expression]) => [name, expression.evaluate(scope)]));
  return canonicalize(args) === canonicalize(imageProbe(facts, before, moment).args);
}
