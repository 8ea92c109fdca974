import type { Entry } from '@trapkey/contract/entry.ts';
import type { PolicySet, ToolRules } from '../../kernel/rules.ts';

interface Tightening {
  readonly change: string;
  readonly where: string;
}

/** The single changes of the policy of that time, each of which would have held or refused this allowed call. */
export function tightenings(entry: Entry, policy: PolicySet): readonly Tightening[] {
  const connector = policy.connectors.get(entry.connector ?? '');
  const tool = connector?.tools.get(entry.tool ?? '');
  const found: (Tightening | false | undefined)[] = [
    ...(entry.would ?? []).map(({ rule, mode }) => ({ change: `mode: enforce instead of ${mode}`, where: `rule ${rule}` })),
    entry.code === 'auto_execute' && { change: 'take it off the auto-execute list', where: `organization, ${entry.rule}` },
    entry.code === 'unattended' && { change: `autonomy: ${entry.connector}.${entry.tool}: approve`, where: `plugin ${pluginId(entry)}` },
    connector?.access === 'read-write' && entry.effect !== 'read' && { change: 'access: read-only', where: `connector ${connector.id}` },
    entry.code !== 'approved' &&
      tool &&
      !tool.requiresApproval && { change: 'requires_approval: true', where: `connector ${connector?.id}, tool ${tool.name}` },
    entry.code !== 'approved' && entry.tier !== 'high' && entry.effect && { change: `tiers: ${entry.effect}: high`, where: 'organization' },
    typeof entry.reach === 'number' && entry.reach > 0 && { change: `check: reach < ${entry.reach}`, where: toolPlace(entry, tool) },
    entry.destination === 'outside' && { change: 'check: destination == "inside"', where: toolPlace(entry, tool) },
    entry.amount ? { change: `check: amount < ${entry.amount.micro_units / 1_000_000}`, where: toolPlace(entry, tool) } : undefined,
    entry.approval?.startsWith('human:') &&
      tool?.approvals && { change: `approvals: needs: ${tool.approvals.needs + 1}`, where: `rule ${tool.approvals.rule}` },
    ...profiles(entry, policy),
    tool && { change: `leave out tool ${tool.name}`, where: `connector ${connector?.id}` },
  ];
  return found.filter((one): one is Tightening => Boolean(one));
}

function toolPlace(entry: Entry, tool: ToolRules | undefined): string {
  return `connector ${entry.connector}, tool ${tool?.name ?? entry.tool}`;
}

function pluginId(entry: Entry): string {
  return entry.plugin?.split('@')[0] ?? '?';
}

/** Profiles of the plugin that do not include it; running under one of them is a refusal. */
function profiles(entry: Entry, policy: PolicySet): readonly Tightening[] {
  const all = policy.profiles.get(pluginId(entry)) ?? [];
  const without = all.filter(
    ({ id, allow }) =>
      id !== entry.profile && !allow.some(({ connector, tools }) => connector === entry.connector && tools.has(entry.tool ?? '')),
  );
  return without.map(({ id }) => ({ change: `run it under profile ${id}`, where: `plugin ${pluginId(entry)}` }));
}
