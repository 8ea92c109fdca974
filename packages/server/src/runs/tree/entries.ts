import type { EntryFields } from '@trapkey/contract/entry.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import { mainAgent } from '../../kernel/runs.ts';
import { depthOf, parentOf } from './place.ts';
import type { Tree } from './state.ts';

/** An `attributed` entry for each agent of a session whose start or parent became known, or unknown again. */
export function agentEntries(
  of: { readonly person: string; readonly session: string; readonly atMs: number },
  before: Tree['agents'],
  tree: Tree,
) {
  const entries: EntryFields[] = [];
  for (const id of tree.changed.agents) {
    const agent = tree.agents.get(id);
    if (!agent || id === mainAgent) continue;
    const parent = parentOf(agent);
    const was = before.get(id);
    if (was && parentOf(was).value === parent.value && was.type === agent.type) continue;
    const depth = depthOf(tree, id);
    entries.push({
      timestamp: rfc3339(of.atMs),
      kind: 'attributed',
      on_behalf_of: of.person,
      action: 'agent',
      session: of.session,
      agent: {
        id,
        ...(parent.value !== undefined && { parent: parent.value }),
        ...(depth.value !== undefined && { depth: depth.value }),
      },
      ...(agent.type !== null && { instructions: { agent_type: agent.type } }),
      ...(agent.model !== null && { model: agent.model }),
      assurance: {
        on_behalf_of: 'proved',
        session: 'claimed',
        agent: agent.hookStarted ? 'joined' : 'claimed',
        parent: parent.assurance,
        depth: depth.assurance,
      },
    });
  }
  return entries;
}
