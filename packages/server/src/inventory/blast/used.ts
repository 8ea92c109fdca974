import type { BlastAction, BlastReport } from '../../kernel/blast.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { UsedTool } from '../../kernel/used.ts';

/** A report with what each plugin really used beside what it may. */
export function withUsed(report: BlastReport, { connectors }: Pick<PolicySet, 'connectors'>, used: readonly UsedTool[]): BlastReport {
  const byConnector = Map.groupBy(used, ({ plugin, connector }) => `${plugin}\n${connector}`);
  const usedOf = (plugin: string, { connector, tool }: BlastAction) => {
    const all = byConnector.get(`${plugin}\n${connector}`) ?? [];
    const listed = connectors.get(connector)?.tools;
    // Of what stands for every tool that is not listed, each of those counts.
    const own = listed?.has(tool) && tool !== '*' ? all.filter((one) => one.tool === tool) : all.filter((one) => !listed?.has(one.tool));
    if (own.length === 0) return null;
    const calls = own.reduce((sum, one) => sum + one.calls, 0);
    return { calls, last_at_ms: Math.max(...own.map(({ lastAtMs }) => lastAtMs)) };
  };
  return {
    ...report,
    counted_since_ms: used.length === 0 ? null : Math.min(...used.map(({ firstAtMs }) => firstAtMs)),
    plugins: report.plugins.map((plugin) => ({
      ...plugin,
      actions: plugin.actions.map((action) => ({ ...action, used: usedOf(plugin.plugin, action) })),
    })),
  };
}
