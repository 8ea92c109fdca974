import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import canonicalize from 'canonicalize';
import { type RecipientsDigest, recipientsDigest } from '../recipients.ts';

/** Digests of what a batch holds: keyed, so that nobody who reads the database can try values against them. */
export interface ChangeDigests {
  /** Of a record as it was read. */
  image(image: Json): string;
  /** Of the record that a change is about: how it is read. */
  target(read: { readonly connector: string; readonly tool: string; readonly args: JsonObject }): string;
  /** Of a change: its leaf in the tree of its batch. */
  change(change: {
    readonly connector: string;
    readonly tool: string;
    readonly args: JsonObject;
    readonly extra: JsonObject;
    readonly image: Json | undefined;
  }): string;
  /** Of whom it reaches: the same as of a ticket. */
  readonly recipients: RecipientsDigest;
}

/** The digests under a key of their own, out of the one that every process on this database shares. */
export function changeDigests(shared: Uint8Array): ChangeDigests {
  // Three digests a change: a key that is made ready once costs a sixth of one that comes as bytes.
  const key = createSecretKey(new Uint8Array(hkdfSync('sha256', shared, '', 'trapkey/batch-changes/1', 32)));
  const digest = (what: string, value: Json) =>
    createHmac('sha256', key)
      .update(`${what}\n${canonicalize(value) ?? ''}`)
      .digest('hex');
  return {
    image: (image) => digest('image', image),
    target: ({ connector, tool, args }) => digest('target', { connector, tool, args }),
    change: ({ connector, tool, args, extra, image }) =>
      digest('change', { connector, tool, args, image: image ?? null, ...(Object.keys(extra).length > 0 && { extra }) }),
    recipients: recipientsDigest(shared),
  };
}
