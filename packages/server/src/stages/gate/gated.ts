import type { Facts } from '../../kernel/facts.ts';

/** Everything that the gate may ask about a call. */
export type Gated = Omit<Facts, 'released'>;
