import type { BlastUnit } from '../../kernel/blast.ts';
import type { StandingGrant } from '../../kernel/grants.ts';
import { unlisted } from '../../kernel/operation.ts';
import type { ConnectorRules, PluginRules, PolicySet, ProfileRules, ToolRules } from '../../kernel/rules.ts';
import type { ActionFacts, PluginFacts, Task } from './facts.ts';
import { capsIn } from './limits.ts';
import { reachOf } from './reach.ts';
import { waysOf } from './ways.ts';

/** A policy with what stands beside it: the grants that are live. */
export interface Standing {
  readonly set: PolicySet;
  readonly grants: readonly StandingGrant[];
  readonly nowMs: number;
}

/** What an observing connector lets through besides what it lists. */
const anyOther = '(any other tool)';

/** Every plugin of a policy, as far as its blast radius goes. */
export function factsOf(standing: Standing): readonly PluginFacts[] {
  return [...standing.set.plugins.values()].map((plugin) => pluginFacts(plugin, standing));
}

/** Whether a tool alters anything: reading and drafting do not. */
function alters({ effect }: Pick<ToolRules, 'effect'>): boolean {
  return effect !== 'read' && effect !== 'draft';
}

function pluginFacts(plugin: PluginRules, standing: Standing): PluginFacts {
  const caps = capsIn(standing.set.limits);
  const connectors = connectorsOf(plugin, standing.set);
  return {
    plugin: plugin.id,
    release: `${plugin.id}@${plugin.version}`,
    actions: connectors.flatMap((connector) => actionsOf(connector, plugin, standing)),
    connectorCaps: new Map(connectors.map(({ id }) => [id, caps.connector(id)])),
    caps: caps.plugin(plugin.id),
    tasks: tasksOf(plugin, standing.set, caps.profile),
  };
}

/** The connectors that a plugin has and the set knows. */
export function connectorsOf({ connectors }: PluginRules, set: PolicySet): readonly ConnectorRules[] {
  return connectors.flatMap((id) => set.connectors.get(id) ?? []);
}

function actionsOf(connector: ConnectorRules, plugin: PluginRules, { set, grants, nowMs }: Standing): readonly ActionFacts[] {
  const listed = [...connector.tools.values()];
  // A connector that only observes lets through what it does not list, and nobody has said what that does.
  const open = connector.mode !== 'enforce' && !connector.tools.has('*');
  return [...listed, ...(open ? [unlisted(connector, anyOther, 'execute')] : [])].filter(alters).map((rules) => {
    const { most, counted } = reachOf(rules);
    const flow = { organization: set.organization, plugin, connector, rules, grants, reach: most, nowMs };
    return {
      connector: connector.id,
      tool: rules.name,
      effect: rules.effect,
      unit: unitOf(rules.effect),
      counted,
      ...waysOf(rules.name === anyOther ? { ...flow, connector: { ...connector, access: 'read-write' } } : flow),
      caps: capsIn(set.limits).tool(`${connector.id}.${rules.name}`),
    };
  });
}

/** Sends reach people; everything else changes records. */
function unitOf(effect: string): BlastUnit {
  return effect === 'send' ? 'people' : 'records';
}

function tasksOf(plugin: PluginRules, set: PolicySet, caps: (profile: string) => Task['caps']): readonly Task[] {
  const profiles = set.profiles.get(plugin.id) ?? [];
  if (profiles.length === 0) return [{ includes: () => true, caps: [] }];
  const binding = plugin.mode === 'enforce';
  return profiles.map((profile) => ({
    includes: (connector, tool) => !binding || covers(profile, connector, tool),
    caps: caps(profile.id),
  }));
}

function covers({ allow }: ProfileRules, connector: string, tool: string): boolean {
  const named = tool !== '*' && tool !== anyOther;
  return allow.some((line) => line.connector === connector && (!named || line.tools.has('*') || line.tools.has(tool)));
}
