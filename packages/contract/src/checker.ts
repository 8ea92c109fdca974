import type { JsonObject } from './json.ts';

/** What an outside checker is shown of a call that policy would let go on. */
export interface CheckerQuestion {
  readonly call: string;
  readonly person: string;
  readonly plugin: string;
  readonly connector: string;
  readonly tool: string;
  readonly effect: string;
  readonly tier: string;
  readonly reach: number | null;
  readonly arguments: JsonObject;
}

/** A checker can never allow: `no objection` leaves the verdict as policy had it. */
export type CheckerAnswer =
  | { readonly answer: 'no objection' }
  | { readonly answer: 'deny'; readonly says: string }
  | { readonly answer: 'hold'; readonly says: string };

/** Extension point: an outside checker (HTTP, signed). Its silence, error or nonsense is a hold. */
export interface Checker {
  readonly name: string;
  readonly timeoutMs: number;
  check(question: CheckerQuestion, signal: AbortSignal): Promise<CheckerAnswer>;
}
