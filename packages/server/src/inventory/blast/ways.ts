import type { Tier } from '@trapkey/contract/codes.ts';
import { levelOfPolicy } from '../../kernel/autonomy.ts';
import type { AutonomyLevel } from '../../kernel/autonomy-level.ts';
import type { StandingGrant } from '../../kernel/grants.ts';
import type { ApprovalRule, ConnectorRules, OrganizationRules, PluginRules, ToolRules } from '../../kernel/rules.ts';
import { dayMs, runMs, type Way } from './facts.ts';
import { reachIn, reachOf } from './reach.ts';

const none = Number.POSITIVE_INFINITY;

/** Everything that decides whether a call of this tool may run without a person. */
export interface Workflow {
  readonly organization: OrganizationRules;
  readonly plugin: PluginRules;
  readonly connector: ConnectorRules;
  readonly rules: ToolRules;
  readonly grants: readonly StandingGrant[];
  /** The most that one call touches. */
  readonly reach: number;
  readonly nowMs: number;
}

/** How it runs without a person, and where it does not, what stands in the way. Follows `gate`, and errs to the larger side. */
export function waysOf(flow: Workflow): { readonly ways: readonly Way[]; readonly above: number; readonly held: string | undefined } {
  const { connector, rules } = flow;
  const at = `${connector.id}.${rules.name}`;
  const bare = (held: string) => ({ ways: [], above: none, held });
  if (connector.notEnforceable !== undefined) return bare('it is refused: nothing here could enforce its connector');
  if (connector.access === 'read-only' && rules.mode === 'enforce') return bare('it is refused: its connector is read-only');
  const { level } = levelOfPolicy({ ...flow, tool: rules.name }, flow.organization);
  if (level === 'draft' && rules.mode === 'enforce') return bare('it is refused: its workflow only drafts');
  const always = holdsAlways(flow);
  if (always !== undefined) return bare(always);
  if (rules.mode !== 'enforce') {
    const says = `its rules only ${rules.mode}, which refuses and holds nothing`;
    return {
      ways: [{ kind: 'observed', says, undo: `mode: enforce on ${at}`, call: flow.reach, run: none, day: none }],
      above: none,
      held: undefined,
    };
  }
  const tiers = tiersOf(flow);
  const asks = tiers.map((tier) => askedBy(flow, tier));
  const above = Math.max(...asks.map((rule) => rule.above?.[0]?.reach ?? none));
  const ways = [
    ...(asks.every((rule) => rule.grants === 'never') ? [] : grantWays(flow)),
    ...autoWays(flow),
    ...(tiers.includes('medium') ? unattendedWays(flow, at) : []),
  ].map((way) => untilStaged({ ...way, call: Math.min(way.call, above) }, rules));
  return { ways, above, held: ways.length === 0 ? heldBy(level, tiers) : undefined };
}

/**
 * What a run reaches past this lands in a batch, whatever lets it run: a person looks before any of it happens. A tool that does
 * not say how far it goes counts each call as one.
 */
function untilStaged(way: Way, rules: ToolRules): Way {
  const { stage } = rules;
  if (!stage) return way;
  const { counted } = reachOf(rules);
  const call = counted ? Math.min(way.call, stage.over) : way.call;
  const run = counted ? stage.over : worth(stage.over, call);
  return run < way.run ? { ...way, call, run, bound: `${stage.rule}: ${stage.over} per run` } : { ...way, call };
}

function heldBy(level: AutonomyLevel, tiers: readonly Tier[]): string {
  const staged = level === 'sample' && tiers.includes('medium');
  return staged ? 'it lands in a batch, and a person looks at a sample before anything happens' : 'a person decides each call';
}

function holdsAlways({ connector, rules }: Workflow): string | undefined {
  const says = 'a person decides each call (requires_approval)';
  if (connector.requiresApproval && connector.mode === 'enforce') return says;
  return rules.requiresApproval && rules.mode === 'enforce' ? says : undefined;
}

/** The tiers that calls of it may come to: where they go is known only of the call. */
function tiersOf({ organization, rules }: Workflow): readonly Tier[] {
  const said = organization.tiers.get(rules.effect) ?? 'high';
  const outside = rules.destination?.source.trim().replaceAll(/["']/g, '') === 'outside';
  if (rules.effect === 'write' && rules.reversible && !outside && said !== 'high') return ['medium', 'high'];
  return ['high'];
}

function askedBy({ organization, rules }: Workflow, tier: Tier): ApprovalRule {
  return rules.approvals ?? organization.approvalsByTier?.get(tier) ?? organization.approvals;
}

function grantWays({ grants, plugin, connector, rules, reach, nowMs }: Workflow): readonly Way[] {
  return grants
    .filter(
      (grant) =>
        grant.plugin === plugin.id &&
        grant.version === plugin.version &&
        grant.connector === connector.id &&
        (grant.tool === rules.name || rules.name === '*') &&
        grant.expiresAtMs > nowMs,
    )
    .map((grant) => {
      const call = Math.min(reach, grant.reachMax ?? none, reachIn(grant.bounds));
      const times = (lengthMs: number) => grant.countMax * (grant.periodMs === undefined ? 1 : Math.ceil(lengthMs / grant.periodMs));
      return {
        kind: 'grant' as const,
        says: `grant ${grant.id} stands in for a person`,
        undo: `trapkey grants revoke ${grant.id}`,
        call,
        run: worth(times(runMs), call),
        day: worth(times(dayMs), call),
      };
    });
}

function autoWays({ organization, plugin, connector, rules, reach, nowMs }: Workflow): readonly Way[] {
  if (rules.effect !== 'write') return [];
  const release = `${plugin.id}@${plugin.version}`;
  return organization.autoExecute
    .filter(
      (line) =>
        line.connector === connector.id && line.tool === rules.name && nowMs <= line.untilMs && (line.release ?? release) === release,
    )
    .map((line) => ({
      kind: 'auto_execute' as const,
      says: `${line.id}: ${line.because}`,
      undo: `take ${connector.id}.${rules.name} off auto_execute`,
      call: Math.min(reach, line.reachMax ?? none, line.togetherMax ?? none),
      run: line.togetherMax ?? none,
      day: none,
    }));
}

/** As policy names it: a level that was lowered on record may be raised again without a change of policy. */
function unattendedWays({ organization, plugin, connector, rules, reach }: Workflow, at: string): readonly Way[] {
  const { level, rule } = levelOfPolicy({ plugin, connector, tool: rules.name }, organization);
  if (level !== 'unattended') return [];
  const says = rule === 'autonomy/start' ? 'autonomy: start: unattended' : `autonomy: ${at}: unattended`;
  return [{ kind: 'unattended', says, undo: `autonomy: ${at}: approve`, call: reach, run: none, day: none }];
}

/** So many calls of so much each; none of anything is nothing. */
export function worth(calls: number, each: number): number {
  return calls === 0 || each === 0 ? 0 : calls * each;
}
