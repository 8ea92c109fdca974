import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Call } from './call.ts';
import type { Facts, Released } from './facts.ts';
import type { Ruling } from './stage.ts';

/** What the pipeline says of a call that nobody runs: how a changed payload is looked at before it is accepted. */
export interface Judged {
  readonly facts: Partial<Facts> & Pick<Facts, 'call'>;
  readonly end: { readonly ruling: Ruling } | { readonly released: Released };
  /** Everything that it was made from, to be sealed with the payload. */
  readonly inputs: Json;
  /** Digest of the policy that spoke. */
  readonly policy: string;
  /** What a ticket of it would say; where it would need no person, only what was decided is told. */
  readonly sentence?: string;
  readonly shown?: JsonObject;
}

/** Walks the whole pipeline, probes included, and runs nothing. */
export type Judge = (call: Call) => Promise<Judged>;
