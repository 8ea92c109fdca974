import { expressionScope } from '../../kernel/expression-scope.ts';
import type { Tiered } from '../../kernel/facts.ts';
import { type Said, stage } from '../../kernel/stage.ts';
import { amountOf } from './amount.ts';
import { destinationOf } from './destination.ts';
import { listedAmong } from './listed.ts';
import { measure } from './measure.ts';
import { tierOf } from './table.ts';

/** Impact of the call: effect, reversibility, reach and destination, and the tier that follows from them. */
export function tier() {
  return stage({
    name: 'tier',
    needs: ['call', 'subject', 'permitted', 'bounded'],
    gives: 'tiered',
    run: (facts, moment): Said<Tiered> => {
      const { rules } = facts.permitted;
      const measured = measure(facts, moment);
      if (!('pass' in measured)) return measured;
      const { reach, recipients } = measured.pass;
      const scope = expressionScope(facts, moment);
      const named = rules.destination && { value: rules.destination.evaluate(scope), fixed: !rules.destination.mentions.has('args') };
      const destination = destinationOf(rules.effect, recipients, named, moment.organization.inside);
      const reversible = rules.reversible || rules.effect === 'read' || rules.effect === 'draft';
      const tier = tierOf(rules.effect, reversible, destination, moment.organization.tiers);
      const amount = rules.amount && amountOf(rules.amount, scope);
      const listed = reversible && tier === 'low' ? [] : listedAmong(recipients, moment.policy.lists);
      const found = { tier, effect: rules.effect, reversible, reach, recipients, destination, amount };
      return { pass: listed.length === 0 ? found : { ...found, listed } };
    },
  });
}
