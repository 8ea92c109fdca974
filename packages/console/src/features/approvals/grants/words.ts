import type { GrantShown } from '@trapkey/contract/api/grants.ts';
import { count } from '../../../lib/format.ts';
import { span } from '../../../lib/time.ts';

/** Its state as people read it. */
export function chipOf(state: GrantShown['state']): { readonly state: string; readonly says: string } {
  if (state === 'live') return { state: 'ok', says: 'Live' };
  return state === 'revoked' ? { state: 'refused', says: 'Revoked' } : { state: 'expired', says: 'Expired' };
}

/** How much of it was used: `2 of 5 in 7 d`. */
export function usedOf({ used, countMax, periodMs }: GrantShown): string {
  return `${count(used)} of ${count(countMax)}${periodMs === undefined ? '' : ` in ${span(periodMs)}`}`;
}
