import { createHmac } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Call, Earlier } from '../../../kernel/call.ts';
import { effectOf } from '../../../kernel/operation.ts';
import type { PolicySet } from '../../../kernel/rules.ts';

/** What of the running policy tells one goal from another. */
export type GoalPolicy = Pick<PolicySet, 'directory'> & Partial<Pick<PolicySet, 'connectors' | 'connections'>>;

/** Without another witness a run is a person with a release over this long; connecting anew does not begin another. */
export const goalLastsMs = 8 * 3_600_000;

const goalsMax = 10_000;
const goals = new WeakMap<Uint8Array, Map<string, string>>();

/** What is the same in every piece of one goal: person by whatever name, release, connector and tool. Keyed, as `dedupeKey` is. */
export function goalKey(
  key: Uint8Array,
  { credential, endpoint, method, name }: Call,
  directory: GoalPolicy['directory'] | undefined,
): string {
  const person = credential.person.toLowerCase();
  const id = directory?.get(person)?.id.toLowerCase() ?? person;
  const same = canonicalize(['goal', 1, id, endpoint.plugin, endpoint.version, endpoint.connector, method, name]) ?? '';
  const known = goals.get(key) ?? new Map<string, string>();
  const goal = known.get(same) ?? createHmac('sha256', key).update(same).digest('base64url');
  // Each piece of a goal asks twice, and there are many pieces of few goals.
  if (known.size >= goalsMax) known.clear();
  goals.set(key, known.set(same, goal));
  return goal;
}

/** Reading and drafting alter nothing, so no number of them comes to anything. What no policy classifies may. */
export function altering(policy: GoalPolicy | undefined, call: Call): boolean {
  if (call.method !== 'tools/call') return false;
  const connector = policy?.connectors?.get(call.endpoint.connector);
  const effect = connector && effectOf(connector, call);
  return effect !== 'read' && effect !== 'draft';
}

/**
 * The account that the connector acts as now, as far as it can be told without its secrets: another address or another
 * credential is another account.
 */
export function accountOf(key: Uint8Array, policy: GoalPolicy | undefined, connector: string): string | null {
  const id = policy?.connectors?.get(connector)?.connection;
  const connection = id === undefined ? undefined : policy?.connections?.get(id);
  if (!connection) return null;
  const acts = canonicalize(['account', 1, connection.id, connection.environment, connection.upstream ?? null]) ?? '';
  return `service:${connection.id}:${createHmac('sha256', key).update(acts).digest('base64url').slice(0, 22)}`;
}

const number = new Intl.NumberFormat('en-US');

/** What the earlier pieces add to the sentence. */
export function togetherText({ pieces, reach }: Earlier, own: number | null): string {
  if (pieces === 0) return '';
  const many = `With ${number.format(pieces)} earlier ${pieces === 1 ? 'piece' : 'pieces'}`;
  return own === null ? ` ${many}, and how many together is not known.` : ` ${many}: ${number.format(reach + own)} together.`;
}
