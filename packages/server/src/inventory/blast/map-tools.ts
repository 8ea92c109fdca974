import { type BlastShown, usedWithinMs } from '@trapkey/contract/api/blast.ts';
import type { Effect } from '@trapkey/contract/codes.ts';
import type { ConnectorRules, PolicySet } from '../../kernel/rules.ts';
import type { UsedTool } from '../../kernel/used.ts';
import { declaredOnly, type Offered } from './declared.ts';
import { usesOf } from './used.ts';

/** A tool, as far as a map of who reaches what goes. */
export interface MapTool {
  readonly name: string;
  readonly effect: Effect | 'unknown';
  readonly data: readonly string[];
}

/** The tools of a plugin over one of its connectors that a map is drawn of. */
export type ToolsOf = (plugin: string, connector: ConnectorRules) => readonly MapTool[];

/** Those that are granted, those of them that were used of late or were not, or those that are only offered. */
export function toolsShown(
  show: BlastShown,
  from: { readonly set: PolicySet; readonly used: readonly UsedTool[]; readonly offered: Offered; readonly nowMs: number },
): ToolsOf {
  const uses = usesOf(from.set, from.used);
  if (show === 'declared')
    return (_, connector) => declaredOnly(connector, from.offered).map(({ tool, effect }) => ({ name: tool, effect, data: [] }));
  const lately = (plugin: string, connector: string, tool: string): boolean => {
    const used = uses(plugin, connector, tool);
    return used !== null && from.nowMs - used.last_at_ms <= usedWithinMs;
  };
  return (plugin, { id, tools }) =>
    [...tools.values()]
      .filter(({ name }) => show === 'granted' || lately(plugin, id, name) === (show === 'used'))
      .map(({ name, effect, data }) => ({ name, effect, data: data ?? [] }));
}
