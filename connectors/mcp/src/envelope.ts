import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { OpenOptions } from '@trapkey/contract/upstream.ts';
import type { Era, Outgoing } from './link.ts';

export const modernVersion = '2026-07-28';
const prefix = 'io.modelcontextprotocol/';

/** Keys of `_meta` that this side of the connection owns; what the caller put there is dropped. */
const owned = new Set(['progressToken', `${prefix}protocolVersion`, `${prefix}clientInfo`, `${prefix}clientCapabilities`]);

function metaOf(params: JsonObject): Record<string, Json> {
  const meta = params['_meta'];
  if (meta === undefined || meta === null || typeof meta !== 'object' || Array.isArray(meta)) return {};
  return Object.fromEntries(Object.entries(meta).filter(([key]) => !owned.has(key)));
}

/** What the caller's client can do, less what this connection may not relay. */
export function relayable(capabilities: JsonObject, options: OpenOptions): JsonObject {
  if (options.sampling || capabilities['sampling'] === undefined) return capabilities;
  const { sampling: _, ...rest } = capabilities;
  return rest;
}

/** The params as they are sent: the decided ones, and the `_meta` of the era. */
export function enveloped(outgoing: Outgoing, era: Era, progressToken: string | undefined, options: OpenOptions): JsonObject {
  const meta = metaOf(outgoing.params);
  if (progressToken !== undefined) meta['progressToken'] = progressToken;
  if (outgoing.idempotencyKey !== undefined) meta['io.trapkey/idempotency-key'] = outgoing.idempotencyKey;
  if (era === 'modern') {
    meta[`${prefix}protocolVersion`] = modernVersion;
    meta[`${prefix}clientInfo`] = { name: options.clientName, version: options.clientVersion };
    meta[`${prefix}clientCapabilities`] = relayable(outgoing.clientCapabilities, options);
  }
  const { _meta, ...params } = outgoing.params;
  return Object.keys(meta).length === 0 ? params : { ...params, _meta: meta };
}
