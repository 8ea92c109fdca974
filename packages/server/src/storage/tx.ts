import type { Kysely } from 'kysely';
import type { Tx } from '../kernel/recorder.ts';
import type { Tables } from './tables.ts';

/** Opens the opaque transaction to a store. */
export function kyselyOf(tx: Tx): Kysely<Tables> {
  return tx as unknown as Kysely<Tables>;
}

/** Closes it again, for the recorder. */
export function txOf(kysely: Kysely<Tables>): Tx {
  return kysely as unknown as Tx;
}
