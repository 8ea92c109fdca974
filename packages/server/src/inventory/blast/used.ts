import type { BlastReport } from '../../kernel/blast.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { UsedTool } from '../../kernel/used.ts';

/** How often a plugin used what a rule grants, and when last; null where it never did. */
export type UsesOf = (plugin: string, connector: string, tool: string) => { readonly calls: number; readonly last_at_ms: number } | null;

/** Looks it up among what was counted. */
export function usesOf({ connectors }: Pick<PolicySet, 'connectors'>, used: readonly UsedTool[]): UsesOf {
  const byConnector = Map.groupBy(used, ({ plugin, connector }) => `${plugin}\n${connector}`);
  return (plugin, connector, tool) => {
    const all = byConnector.get(`${plugin}\n${connector}`) ?? [];
    const listed = connectors.get(connector)?.tools;
    // Of what stands for every tool that is not listed, each of those counts.
    const own = listed?.has(tool) && tool !== '*' ? all.filter((one) => one.tool === tool) : all.filter((one) => !listed?.has(one.tool));
    if (own.length === 0) return null;
    const calls = own.reduce((sum, one) => sum + one.calls, 0);
    return { calls, last_at_ms: Math.max(...own.map(({ lastAtMs }) => lastAtMs)) };
  };
}

/** A report with what each plugin really used beside what it may. */
export function withUsed(report: BlastReport, set: Pick<PolicySet, 'connectors'>, used: readonly UsedTool[]): BlastReport {
  const uses = usesOf(set, used);
  return {
    ...report,
    counted_since_ms: used.length === 0 ? null : Math.min(...used.map(({ firstAtMs }) => firstAtMs)),
    plugins: report.plugins.map((plugin) => ({
      ...plugin,
      actions: plugin.actions.map((action) => ({ ...action, used: uses(plugin.plugin, action.connector, action.tool) })),
    })),
  };
}
