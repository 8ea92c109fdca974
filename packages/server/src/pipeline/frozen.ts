import type { Facts } from '../kernel/facts.ts';

/** What a person approved as it stands, a ticket or a change of a batch: it answers nothing more, and no connection ends it. */
export function frozenKey({ call, released }: Pick<Facts, 'call' | 'released'>): string | undefined {
  return released.ticket ?? call.change?.idempotencyKey;
}
