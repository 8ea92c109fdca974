import { createHmac, hkdfSync } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Call } from '../../kernel/call.ts';

/** A key of its own for this purpose, out of the one that every process on this database shares. */
export function dedupeSecret(shared: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', shared, '', 'trapkey/ticket-dedupe/1', 32));
}

/**
 * The same call of the same person to the same release: keyed, so that nobody who reads the database can try
 * arguments against it. Equal keys mean equal canonical bytes, so what a resumed call sends is what was frozen.
 */
export function dedupeKey(key: Uint8Array, call: Call): string {
  const { endpoint, credential, method, name, claims } = call;
  // What a person changed since is still the same call to its agent; another agent's is another.
  const { args, extra } = call.asked ?? call;
  const same = [
    'ticket',
    1,
    credential.person.toLowerCase(),
    endpoint.plugin,
    endpoint.version,
    endpoint.connector,
    method,
    name,
    args,
    extra,
    ...(claims['agentId'] === undefined ? [] : [claims['agentId']]),
    // A tool that the client runs itself is approved for the session that asked.
    ...(claims['hookSession'] === undefined ? [] : [{ session: claims['hookSession'] }]),
  ];
  return createHmac('sha256', key)
    .update(canonicalize(same) ?? '')
    .digest('base64url');
}

/** Tells most calls without a ticket apart before anything is hashed. */
export function coarseKey(where: {
  readonly plugin: string;
  readonly version: string;
  readonly connector: string;
  readonly tool: string;
}): string {
  return `${where.plugin}\n${where.version}\n${where.connector}\n${where.tool}`;
}
