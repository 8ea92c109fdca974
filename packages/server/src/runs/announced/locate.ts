import type { Announcements } from '../../kernel/announced.ts';
import type { Call } from '../../kernel/call.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import { type AgentTrees, mainAgent, nowhere } from '../../kernel/runs.ts';

/** The one id of a person, whichever alias a credential names; announcements are kept under it. */
export function personKey(policy: Pick<PolicySet, 'directory'>, person: string): string {
  const lower = person.toLowerCase();
  return policy.directory.get(lower)?.id ?? lower;
}

/**
 * Adds to a call of the gateway what the hook had said of it: session, agent, prompt. Looks only where the organization
 * asks for hooks, once for each call; a database that cannot be read throws, and the call is refused.
 */
export function locateAnnounced(parts: {
  readonly announcements: Pick<Announcements, 'join'>;
  readonly trees: Pick<AgentTrees, 'where'>;
  readonly policy: () => PolicySet;
}): (call: Call) => Call | Promise<Call> {
  const { announcements, trees, policy } = parts;
  return (call) => {
    const set = policy();
    const { toolUseId: toolUse } = call.claims;
    const arrives = call.via === 'mcp' || call.via === 'stdio';
    if (set.organization.hooks === undefined || !arrives || call.method !== 'tools/call') return call;
    // Asked for and not there: the entry says that nobody spoke.
    if (toolUse === undefined) return { ...call, announced: { kind: 'none' }, where: nowhere };
    return joined(call, toolUse, set);
  };

  async function joined(call: Call, toolUse: string, set: PolicySet): Promise<Call> {
    const { endpoint, name: tool, args, atMs } = call;
    const person = personKey(set, call.credential.person);
    const { announced, by } = await announcements.join({ person, toolUse, endpoint, tool, args, atMs });
    if (!by) return { ...call, announced, where: nowhere };
    const { session, agent, prompt } = by;
    const where = await trees.where({ person, session, agent, prompt, assurance: 'joined' });
    const claims = agent === mainAgent ? call.claims : { ...call.claims, agentId: agent };
    return { ...call, announced, where, claims, session: call.session ?? session };
  }
}
