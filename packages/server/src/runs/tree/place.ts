import type { Assurance } from '@trapkey/contract/codes.ts';
import { mainAgent, nowhere, type Sure, type Whereabouts } from '../../kernel/runs.ts';
import { type Agent, contradicted, type Tree } from './state.ts';

const strength: readonly Assurance[] = ['unknown', 'claimed', 'joined', 'proved'];

/** The weaker of two. */
function weaker(a: Assurance, b: Assurance): Assurance {
  return strength.indexOf(a) <= strength.indexOf(b) ? a : b;
}

/** Who launched an agent. Witnesses that contradict each other, or themselves, leave it unknown. */
export function parentOf(agent: Pick<Agent, 'agent' | 'parentHook' | 'parentTelemetry'>): Sure<string> {
  const { parentHook: hook, parentTelemetry: telemetry } = agent;
  const said = hook ?? telemetry;
  if (said === null || hook === contradicted || telemetry === contradicted) return nowhere.parent;
  if (hook !== null && telemetry !== null && hook !== telemetry) return nowhere.parent;
  return { value: said, assurance: hook === null ? 'claimed' : 'joined' };
}

/** How deep it stands, from its parents up to the main agent; unknown as soon as one of them is, or where they go round. */
export function depthOf(tree: Pick<Tree, 'agents'>, id: string): Sure<number> {
  let assurance: Assurance = 'joined';
  let at = id;
  for (let depth = 0; depth <= tree.agents.size; depth++) {
    if (at === mainAgent) return { value: depth, assurance };
    const agent = tree.agents.get(at);
    const parent = agent && parentOf(agent);
    if (parent?.value === undefined) break;
    assurance = weaker(assurance, parent.assurance);
    at = parent.value;
  }
  return nowhere.depth;
}

/** Where an agent stands, nothing more sure than the join that led to it. */
export function placeOf(
  tree: Pick<Tree, 'agents'>,
  of: { readonly session: string; readonly agent: string; readonly prompt?: string | undefined; readonly assurance: Assurance },
): Whereabouts {
  const agent = tree.agents.get(of.agent);
  const sure = <T>(value: T | null | undefined, assurance: Assurance = 'joined'): Sure<T> =>
    value === undefined || value === null
      ? { value: undefined, assurance: 'unknown' }
      : { value, assurance: weaker(assurance, of.assurance) };
  const parent = agent && parentOf(agent);
  const depth = depthOf(tree, of.agent);
  return {
    session: sure(of.session),
    agent: sure(of.agent),
    agentType: sure(agent?.type, 'claimed'),
    parent: sure(parent?.value, parent?.assurance),
    depth: sure(depth.value, depth.assurance),
    prompt: sure(of.prompt),
    model: sure(agent?.model, 'claimed'),
  };
}
