import { UserError } from '../kernel/errors.ts';
import type { GovernedPlugin, GovernedSummary } from '../kernel/governed.ts';
import { marketplacePath } from '../kernel/marketplace.ts';

/** Only this marketplace may be added: whatever a plugin brings was reviewed, and its connectors lead here. */
export function strictMarketplaces(url: string): object {
  return { strictKnownMarketplaces: [{ source: 'url', url: `${url}${marketplacePath}` }], disableCommandPluginSources: true };
}

/** Brings the marketplace and plugins of it to every machine, and the gateway's endpoints as servers. */
export function governedPlugins(
  summary: GovernedSummary,
  plugins: readonly string[],
  at: { readonly url: string; readonly headersHelper: string },
): object {
  const name = `trapkey-${summary.organization}`;
  const chosen = chosenOf(summary, plugins);
  const source = { source: 'url', url: `${at.url}${marketplacePath}`, headersHelper: at.headersHelper };
  return {
    extraKnownMarketplaces: { [name]: { source, autoUpdate: true } },
    enabledPlugins: Object.fromEntries(chosen.map(({ plugin }) => [`${plugin}@${name}`, true])),
  };
}

/** Servers of a fleet without plugins, for Claude Code: https alone is read there. */
export function managedServers(summary: GovernedSummary, plugins: readonly string[], url: string): object {
  if (!url.startsWith('https://'))
    throw new UserError('Clients read managed servers with https alone, and the address of the gateway is none.', 'Give --url https://…');
  const servers = chosenOf(summary, plugins).flatMap(({ plugin, endpoints }) =>
    endpoints.map(({ connector, path }) => [`${plugin}-${connector}`, { type: 'http', url: `${url}${path}` }] as const),
  );
  return { managedMcpServers: Object.fromEntries(servers) };
}

/** The servers of Cowork and Desktop, each with what its tools need of a person; each person signs in. */
export function coworkServers(summary: GovernedSummary, plugins: readonly string[], url: string): readonly object[] {
  return chosenOf(summary, plugins).flatMap(({ plugin, endpoints }) =>
    endpoints.map(({ connector, path, tools }) => ({
      name: `${plugin}-${connector}`,
      url: `${url}${path}`,
      transport: 'http',
      oauth: true,
      toolPolicy: tools,
    })),
  );
}

function chosenOf({ plugins }: GovernedSummary, names: readonly string[]): readonly GovernedPlugin[] {
  const strange = names.find((name) => !plugins.some(({ plugin }) => plugin === name));
  if (strange !== undefined)
    throw new UserError(`The policy has no plugin ${strange}.`, `It has: ${plugins.map(({ plugin }) => plugin).join(', ') || 'none'}.`);
  return names.length === 0 ? plugins : plugins.filter(({ plugin }) => names.includes(plugin));
}
