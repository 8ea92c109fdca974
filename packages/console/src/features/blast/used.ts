import { type BlastActionShown, type BlastPluginShown, type BlastShown, usedLately, usedWithinMs } from '@trapkey/contract/api/blast.ts';

/** The plugins with those of their actions, or with what is offered beyond them; whoever has none of it is left out. */
export function pluginsWith(plugins: readonly BlastPluginShown[], show: BlastShown, nowMs: number): readonly BlastPluginShown[] {
  if (show === 'granted') return plugins;
  if (show === 'declared') return plugins.filter(({ declared }) => declared !== undefined && declared.length > 0);
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
