import type { BlastReport, LiveCount } from '../../kernel/blast.ts';

/** A report with what systems counted just now beside what policy bounds. */
export function withLive(report: BlastReport, plugin: string, counts: readonly LiveCount[]): BlastReport {
  const plugins = report.plugins.map((one) => {
    if (one.plugin !== plugin) return one;
    const actions = one.actions.map((action) => {
      const found = counts.find((count) => count.connector === action.connector && count.tool === action.tool);
      return found ? { ...action, live: { reach: found.reach, call: found.call, says: found.says } } : action;
    });
    return { ...one, actions };
  });
  return { ...report, plugins };
}
