import type { Json } from '@trapkey/contract/json.ts';
import type { Call } from './call.ts';

/** What stands there now, or why it could not be read; `lost`, `stopped` and `unanswered` as of any probe. */
export type Reread =
  | { readonly ok: true; readonly image: Json }
  | { readonly ok: false; readonly says: string; readonly lost?: true; readonly stopped?: true; readonly unanswered?: true };

/**
 * Reads what stands now where a call changes something, as a recorded probe: for whoever must know what came of it.
 * Undefined where its tool has no `before`. The call is neither decided nor sent.
 */
export type ReadBack = (call: Call) => Promise<Reread | undefined>;
