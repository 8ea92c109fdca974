import type { Tiered } from '../../kernel/facts.ts';

/** How much a call counts towards `stage.over`: what it reaches, at least one; one where its tool does not say how far it goes. */
export function weightOf({ reach }: Pick<Tiered, 'reach'>): number {
  return Math.max(1, reach ?? 1);
}
