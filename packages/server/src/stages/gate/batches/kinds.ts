import type { Call } from '../../../kernel/call.ts';
import type { PolicySet, ToolRules } from '../../../kernel/rules.ts';
import { provedSession } from '../../../kernel/runs.ts';

/** Without another witness a run is a person with a release over this long; connecting anew does not begin another. */
const unprovedRunMs = 8 * 3_600_000;
/** A count is cut into slices of an hour: what was counted is forgotten up to one slice late, never early. */
const sliceMs = 3_600_000;
/** A run that a witness proves ends by itself; what is left of its count is cleared away after this long. */
const provedKeepsMs = 30 * 24 * 3_600_000;

/** What of a policy tells kinds apart. */
export type KindPolicy = Pick<PolicySet, 'connectors' | 'directory'>;

/** The rules of the tool that a call names, whatever stands in for it; a lookup. */
export function toolOf(policy: KindPolicy, { method, endpoint, name }: Pick<Call, 'method' | 'endpoint' | 'name'>): ToolRules | undefined {
  if (method !== 'tools/call') return undefined;
  const tools = policy.connectors.get(endpoint.connector)?.tools;
  return tools?.get(name) ?? tools?.get('*');
}

/** Where a call of a kind is counted now, and every counter that counts for it. */
export interface CountedAs {
  readonly here: string;
  readonly all: readonly string[];
  readonly untilMs: number;
}

/** One kind: calls of a tool by a person with a plugin, in a run where one is proved, else over a rolling eight hours. */
export function countedAs(policy: KindPolicy, call: Call): CountedAs {
  const { endpoint, name, where, atMs } = call;
  const kind = JSON.stringify([personOf(policy, call), endpoint.plugin, endpoint.connector, name]);
  const session = provedSession(where);
  if (session !== undefined) {
    const here = `${kind}|${session}`;
    return { here, all: [here], untilMs: atMs + provedKeepsMs };
  }
  const slice = Math.floor(atMs / sliceMs);
  const slices = unprovedRunMs / sliceMs;
  return {
    here: `${kind}|${slice}`,
    all: Array.from({ length: slices + 1 }, (_, back) => `${kind}|${slice - back}`),
    untilMs: (slice + slices + 1) * sliceMs,
  };
}

/** What tells open batches apart: the session where one is proved, else a person with a release. */
export function runKey(policy: KindPolicy, call: Pick<Call, 'credential' | 'endpoint' | 'where'>): string {
  const { plugin, version } = call.endpoint;
  return JSON.stringify([personOf(policy, call), plugin, version, provedSession(call.where) ?? null]);
}

/** The one id of a person, whichever alias a credential names. */
function personOf({ directory }: KindPolicy, { credential }: Pick<Call, 'credential'>): string {
  const lower = credential.person.toLowerCase();
  return directory.get(lower)?.id ?? lower;
}
