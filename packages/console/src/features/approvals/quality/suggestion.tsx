import { Link } from '@tanstack/react-router';
import type { RuleQuality } from '@trapkey/contract/api/quality.ts';
import { Lightbulb } from 'lucide-react';
import { addressed } from '../../../lib/address.ts';
import { count, many } from '../../../lib/format.ts';
import { decidedUnder } from './shares.ts';

/** What could be done about a rule whose questions nobody reads; it leads to the change, with what past calls would do under it. */
export function Suggestion({ rule }: { readonly rule: RuleQuality }) {
  return (
    <div role="note" className="flex items-start gap-3 rounded-lg bg-wait-ground px-4 py-3 text-sm">
      <Lightbulb aria-hidden size={16} className="mt-0.5 shrink-0 text-wait" />
      <p className="min-w-0">
        <span className="font-mono text-xs">{rule.rule}</span> asked {many(rule.asks, 'time')}, {count(rule.granted)} granted,{' '}
        {count(rule.underThreeSeconds)} of them faster than three seconds. Raise its bound, or make a standing grant with a limit; a
        question that nobody reads protects nobody.
        <span className="mt-1 flex flex-wrap gap-x-4">
          <Link {...addressed(decidedUnder(rule.rule))} className="inline-flex min-h-6 items-center text-accent hover:underline">
            What was granted
          </Link>
          {rule.place && (
            <Link
              {...addressed(`/policy?file=${encodeURIComponent(rule.place.file)}&line=${rule.place.line}&side=calls`)}
              className="inline-flex min-h-6 items-center text-accent hover:underline"
            >
              Change the rule, and see what past calls would do
            </Link>
          )}
        </span>
      </p>
    </div>
  );
}
