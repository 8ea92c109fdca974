import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** What every open database gives. */
export interface Opened {
  /** Reads only, on connections of its own; every write goes through the recorder. */
  readonly read: Kysely<Tables>;
  /**
   * Calls back within about 100 ms when a commit with steps, a stop or a policy came from any process, and at every look
   * while the database cannot be read. Appended entries alone do not call it.
   */
  readonly watch: (onChange: () => void) => () => void;
  /** Says that this process serves calls; true when no other does. Held until the database is closed or the process dies. */
  readonly claim: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}
