import type { Effect } from '@trapkey/contract/codes.ts';
import type { StopView } from './readers.ts';

/** What of a call, a ticket or an offer a stop may cover. What is not known is left out, and no stop on it reaches that. */
export interface Covered {
  readonly connector: string;
  /** Whose credential the connector uses. */
  readonly connection?: string | undefined;
  /** Undefined where nobody classified it: then every stop on an effect covers it, and a freeze too. */
  readonly effect: Effect | undefined;
  readonly plugin?: string | undefined;
  /** plugin@version */
  readonly release?: string | undefined;
  readonly tool?: string | undefined;
  readonly person?: string | undefined;
  readonly run?: string | undefined;
  readonly agent?: string | undefined;
  /** The agent that started this one. */
  readonly parent?: string | undefined;
  readonly atMs?: number | undefined;
}

/** Finds the stop that bars something; undefined where none does. */
export type StopCovering = (what: Covered) => StopView | undefined;
