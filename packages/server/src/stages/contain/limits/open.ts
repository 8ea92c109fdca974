import type { Call } from '../../../kernel/call.ts';
import type { Moment, Subject } from '../../../kernel/facts.ts';
import type { LimitRule } from '../../../kernel/limit-rules.ts';
import type { LimitReader, TripView } from '../../../kernel/limits.ts';
import type { Ruling } from '../../../kernel/stage.ts';
import { partyOf, rulesFor, scopeOf } from './charges.ts';
import { limitRuling } from './within.ts';
import { openSays } from './words.ts';

/** The breaker that is open for a call, if one is; nothing is looked up while none is. */
export function openBreaker(
  { call, subject, reads }: { readonly call: Call; readonly subject: Subject; readonly reads: boolean },
  moment: Moment,
  limits: LimitReader | undefined,
): { readonly trip: TripView; readonly rule: LimitRule; readonly ruling: Ruling } | undefined {
  const open = limits?.open();
  const index = moment.policy.limits;
  if (!open || open.size === 0 || !index) return undefined;
  const party = partyOf({ call, subject });
  for (const rule of rulesFor(index, party, call.name)) {
    const trip = rule.mode === 'enforce' ? open.get(scopeOf(rule, party).scope) : undefined;
    if (trip && !(reads && trip.mode === 'freeze') && (trip.rearmAtMs ?? Number.POSITIVE_INFINITY) > moment.atMs)
      return { trip, rule, ruling: { ...limitRuling(openSays(trip), rule), detail: trip.id } };
  }
  return undefined;
}
