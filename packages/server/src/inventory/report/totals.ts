import type { ScannedMarketplace, ScannedPlugin, ScanReport } from '../../kernel/scan.ts';

/** The sums over everything that was read. */
export function totalsOf(plugins: readonly ScannedPlugin[], marketplaces: readonly ScannedMarketplace[]): ScanReport['totals'] {
  const sum = (of: (plugin: ScannedPlugin) => number) => plugins.reduce((total, plugin) => total + of(plugin), 0);
  const connectors = plugins.flatMap((plugin) => plugin.connectors);
  return {
    plugins: plugins.filter(({ kind }) => kind === 'plugin' || kind === 'bundle').length,
    skills: sum(({ counts }) => counts.skills),
    commands: sum(({ counts }) => counts.commands),
    agents: sum(({ counts }) => counts.agents),
    hooks: sum(({ counts }) => counts.hooks),
    connectors: connectors.length,
    connectors_without_address: connectors.filter(({ transport }) => transport === 'none').length,
    connectors_stdio: connectors.filter(({ transport }) => transport === 'stdio').length,
    marketplace_entries: marketplaces.reduce((total, { entries }) => total + entries, 0),
    marketplace_entries_pinned: marketplaces.reduce((total, { pinned }) => total + pinned, 0),
  };
}
