import type { AgentView, RunSpend } from '../../kernel/run-views.ts';
import { depthOf, parentOf } from '../tree/place.ts';
import type { Agent, Tree } from '../tree/state.ts';

const nothing: RunSpend = { microUsd: 0, tokens: 0, requests: 0 };

/** Agents under those that launched them, in the order of their starts. Whoever has no known way up to the main one stands at the top. */
export function forest(tree: Pick<Tree, 'agents'>, spends: ReadonlyMap<string, RunSpend>): readonly AgentView[] {
  const agents = [...tree.agents.values()].toSorted((a, b) => a.startedAtMs - b.startedAtMs || (a.agent < b.agent ? -1 : 1));
  const byParent = Map.groupBy(agents, (agent) => parentOf(agent).value);
  const view = (agent: Agent, depth: number): AgentView => {
    const [parent, deep] = [parentOf(agent), depthOf(tree, agent.agent)];
    return {
      id: agent.agent,
      type: agent.type ?? undefined,
      model: agent.model ?? undefined,
      parent: parent.value,
      depth: deep.value,
      assurance: { parent: parent.assurance, depth: deep.assurance },
      startedAtMs: agent.startedAtMs,
      endedAtMs: agent.endedAtMs ?? undefined,
      spend: spends.get(agent.agent) ?? nothing,
      // Parents that go round in a circle never lead here from the top; this bounds those that nobody foresaw.
      children: depth > tree.agents.size ? [] : (byParent.get(agent.agent) ?? []).map((child) => view(child, depth + 1)),
    };
  };
  const atTop = (agent: Agent) => {
    const { value } = parentOf(agent);
    return value === undefined || !tree.agents.has(value) || isInCircle(tree, agent);
  };
  return agents
    .filter(atTop)
    .map((agent) => (isInCircle(tree, agent) ? { ...view(agent, tree.agents.size), children: [] } : view(agent, 0)));
}

function isInCircle(tree: Pick<Tree, 'agents'>, agent: Agent): boolean {
  let at = parentOf(agent).value;
  for (let steps = 0; at !== undefined && steps <= tree.agents.size; steps++) {
    if (at === agent.agent) return true;
    const next = tree.agents.get(at);
    at = next && parentOf(next).value;
  }
  return false;
}
