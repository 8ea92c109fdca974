import { createHmac, hkdfSync } from 'node:crypto';
import type { JsonObject } from '@trapkey/contract/json.ts';
import canonicalize from 'canonicalize';

/** Keyed digest of arguments, the same in every process on one database; its key serves nothing else. */
export function argumentsDigest(shared: Uint8Array): (args: JsonObject) => string {
  const key = new Uint8Array(hkdfSync('sha256', shared, '', 'trapkey/announced/1', 32));
  return (args) =>
    createHmac('sha256', key)
      .update(canonicalize(args) ?? '')
      .digest('base64url');
}
