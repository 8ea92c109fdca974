import { type BlastActionShown, type BlastPluginShown, usedLately, usedWithinMs } from '@trapkey/contract/api/blast.ts';

/** Which actions are shown: all that policy grants, those of them that were used of late, or those that were not. */
export const shownActions = ['granted', 'used', 'unused'] as const;
export type ShownActions = (typeof shownActions)[number];

/** The plugins with those of their actions; whoever has none of them is left out. */
export function pluginsWith(plugins: readonly BlastPluginShown[], show: ShownActions, nowMs: number): readonly BlastPluginShown[] {
  if (show === 'granted') return plugins;
  return plugins
    .map((plugin) => ({ ...plugin, actions: plugin.actions.filter((action) => usedLately(action, nowMs) === (show === 'used')) }))
    .filter(({ actions }) => actions.length > 0);
}

/** Which other plugins used the same action of late. */
export function othersUsing(
  plugins: readonly BlastPluginShown[],
  plugin: string,
  { connector, tool }: Pick<BlastActionShown, 'connector' | 'tool'>,
  nowMs: number,
): readonly string[] {
  const same = (one: BlastActionShown) => one.connector === connector && one.tool === tool && usedLately(one, nowMs);
  return plugins.flatMap((one) => (one.plugin !== plugin && one.actions.some(same) ? [one.plugin] : []));
}

/** Whether uses are counted for less than that. */
export function countedShortly(sinceMs: number | null | undefined, nowMs: number): boolean {
  return sinceMs === null || (sinceMs !== undefined && nowMs - sinceMs < usedWithinMs);
}
