import type { Effect, Tier } from '@trapkey/contract/codes.ts';
import type { Tiered } from '../../kernel/facts.ts';

const order: readonly Tier[] = ['low', 'medium', 'high'];

/**
 * The tier table. What the organization says about an effect may only raise it: an irreversible or outward write stays
 * high. Where a destination is not known it counts as outside.
 */
export function tierOf(
  effect: Effect,
  reversible: boolean,
  destination: Tiered['destination'],
  organization: ReadonlyMap<Effect, Tier>,
): Tier {
  const own = byTable(effect, reversible, destination === 'inside');
  const said = organization.get(effect) ?? 'high';
  return order.indexOf(said) > order.indexOf(own) ? said : own;
}

function byTable(effect: Effect, reversible: boolean, inside: boolean): Tier {
  switch (effect) {
    case 'read':
    case 'draft':
      // An address that leaves can carry data out, so it is looked at like a change.
      return inside ? 'low' : 'medium';
    case 'write':
      return reversible && inside ? 'medium' : 'high';
    default:
      return 'high';
  }
}
