import type { PolicyEffective } from '@trapkey/contract/api/policy.ts';
import type { ApprovalRule, ConnectorRules, PluginRules, PolicySet, ToolRules } from '../../kernel/rules.ts';

const pluginsMax = 100;
const toolsMax = 500;

/** Who is asked about. */
export interface AskedPerson {
  readonly id: string;
  readonly known: boolean;
  readonly groups: readonly string[];
  readonly roles: readonly string[];
}

/** What policy says now: of one plugin, of all that somebody may use, or of all. */
export function effectiveOf(set: PolicySet, plugin: string | undefined, person: AskedPerson | undefined): PolicyEffective {
  const mine = (one: PluginRules) => person === undefined || one.for.some((who) => isAmong(set, who, person));
  const found = [...set.plugins.values()].filter((one) => (plugin === undefined || one.id === plugin) && mine(one));
  return {
    person: person ? { ...person, groups: [...person.groups], roles: [...person.roles] } : null,
    plugins: found.slice(0, pluginsMax).map((one) => pluginOf(set, one)),
    more: found.length > pluginsMax,
  };
}

function isAmong({ directory }: PolicySet, who: string, person: AskedPerson): boolean {
  if (who.startsWith('group:')) return person.groups.includes(who.slice('group:'.length));
  return (directory.get(who.toLowerCase())?.id ?? who).toLowerCase() === person.id.toLowerCase();
}

function pluginOf(set: PolicySet, plugin: PluginRules): PolicyEffective['plugins'][number] {
  const { id, version, owner, mode } = plugin;
  return {
    plugin: id,
    ...{ version, owner, mode },
    for: [...plugin.for],
    profiles: (set.profiles.get(id) ?? []).map((profile) => ({ id: profile.id, for: [...profile.for] })),
    connectors: plugin.connectors.flatMap((connector) => {
      const rules = set.connectors.get(connector);
      return rules ? [connectorOf(set, plugin, rules)] : [];
    }),
  };
}

function connectorOf(set: PolicySet, plugin: PluginRules, rules: ConnectorRules): PolicyEffective['plugins'][number]['connectors'][number] {
  const { id, owner, access, environment, mode, tools } = rules;
  return {
    connector: id,
    ...{ owner, access, environment, mode },
    tools: [...tools.values()].slice(0, toolsMax).map((tool) => toolOf(set, plugin, rules, tool)),
  };
}

type Tool = PolicyEffective['plugins'][number]['connectors'][number]['tools'][number];

function toolOf({ organization }: PolicySet, plugin: PluginRules, connector: ConnectorRules, tool: ToolRules): Tool {
  const tier = organization.tiers.get(tool.effect) ?? 'high';
  const asks: ApprovalRule = tool.approvals ?? organization.approvalsByTier?.get(tier) ?? organization.approvals;
  return {
    tool: tool.name,
    effect: tool.effect,
    reversible: tool.reversible,
    tier,
    autonomy: plugin.autonomy.get(`${connector.id}.${tool.name}`) ?? organization.autonomyStart,
    requiresApproval: tool.requiresApproval || connector.requiresApproval,
    approvers: [...asks.approvers],
    needs: asks.needs,
    checks: tool.checks.map(({ id, says, mode }) => ({ id, says, mode })),
  };
}
