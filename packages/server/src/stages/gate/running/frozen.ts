import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Call } from '../../../kernel/call.ts';
import { newCallId } from '../../../kernel/ids.ts';
import type { TicketRow } from '../store.ts';

/** Opens a sealed payload of the vault by its digest; rejects when it is not held any more. */
export type Unseal = (digest: string) => Promise<Json>;

/** What of a stored call says where it goes and what it carries. */
export type FrozenRow = Pick<TicketRow, 'plugin' | 'version' | 'connector' | 'tool' | 'arguments' | 'original'>;

/**
 * The call as it was frozen: who asked and how, from the payload that the agent sent; what runs, from the one that was
 * approved. Undefined when either was erased.
 */
export async function frozenCall(row: FrozenRow, unseal: Unseal, atMs: number): Promise<Call | undefined> {
  const approved = await opened(unseal, row.arguments);
  const asked = row.original === null ? approved : await opened(unseal, row.original);
  const about = asked?.['call'];
  const credential = asked?.['credential'];
  if (!approved || !isObject(about) || !isObject(credential) || !isObject(approved['arguments'])) return undefined;
  const claims = about['claims'];
  const { extra } = approved;
  return {
    id: newCallId(atMs),
    attempt: 0,
    atMs,
    endpoint: { plugin: row.plugin, version: row.version, connector: row.connector },
    method: about['method'] as Call['method'],
    name: row.tool,
    args: approved['arguments'],
    extra: isObject(extra) ? extra : {},
    credential: { ...(credential as unknown as Call['credential']), profile: (credential['profile'] as string | null) ?? undefined },
    session: (about['session'] as string | null) ?? undefined,
    client: about['client'] as unknown as Call['client'],
    claims: isObject(claims) ? (claims as Call['claims']) : {},
    clientCapabilities: {},
    // What the client runs itself is asked for by its hook, whoever decides it anew.
    via: about['via'] === 'hook' ? 'hook' : 'ticket',
    ticket: undefined,
  };
}

async function opened(unseal: Unseal, digest: string): Promise<JsonObject | undefined> {
  const payload = await unseal(digest).catch(() => undefined);
  return isObject(payload) ? payload : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
