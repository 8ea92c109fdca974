import { type Tier, tiers } from '@trapkey/contract/codes.ts';

/** As runs are stored with them: 1 for the lowest, 0 where none is known. */
const byHeight = Object.keys(tiers) as readonly Tier[];

/** How high a tier is. */
export function heightOf(tier: Tier | undefined): number {
  return tier === undefined ? 0 : byHeight.indexOf(tier) + 1;
}

/** The tier of that height. */
export function tierAt(height: number): Tier | undefined {
  return byHeight[height - 1];
}
