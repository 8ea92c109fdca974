import type { Config } from './config.ts';
import { UserError } from './kernel/errors.ts';
import type { GovernedPlugin, GovernedSummary } from './kernel/governed.ts';
import type { ConnectorRules, PluginRules, PolicySet } from './kernel/rules.ts';
import { loadFolder } from './policy/folder.ts';
import { problemsInWords } from './policy/problems.ts';

/** What the policy folder says that settings of clients repeat. No database, no server. */
export async function governedSummary(
  { policyFolder }: Pick<Config, 'policyFolder'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<GovernedSummary> {
  const loaded = await loadFolder(policyFolder, env);
  if (!loaded.ok) throw new UserError(`The policy in ${policyFolder} does not check.\n${problemsInWords(loaded.problems)}`);
  const { organization, plugins } = loaded.set;
  return { organization: organization.id, plugins: [...plugins.values()].toSorted(byId).map((one) => summaryOf(one, loaded.set)) };
}

function byId(a: PluginRules, b: PluginRules): number {
  return a.id < b.id ? -1 : 1;
}

function summaryOf(plugin: PluginRules, set: PolicySet): GovernedPlugin {
  const served = plugin.connectors.flatMap((id) => {
    const connector = set.connectors.get(id);
    // Tools that the client runs itself have a hook, and no address.
    return connector && set.connections.get(connector.connection)?.hook === undefined ? [connector] : [];
  });
  const endpoints = served.map((connector) => ({
    connector: connector.id,
    path: `/p/${plugin.id}/${plugin.version}/${connector.id}`,
    tools: Object.fromEntries([...connector.tools.keys()].toSorted().map((name) => [name, ruleOf(plugin, connector, name)] as const)),
  }));
  return { plugin: plugin.id, version: plugin.version, endpoints };
}

function ruleOf(plugin: PluginRules, connector: ConnectorRules, name: string): 'allow' | 'ask' {
  const effect = connector.tools.get(name)?.effect;
  const level = plugin.autonomy.get(`${connector.id}.${name}`);
  // What is staged changes nothing yet: a client that asks each time would ask for nothing.
  const unasked = level === 'unattended' || level === 'sample';
  return effect === 'read' || effect === 'draft' || unasked ? 'allow' : 'ask';
}
