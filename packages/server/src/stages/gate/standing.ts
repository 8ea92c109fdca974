import type { Moment, Released } from '../../kernel/facts.ts';
import type { GrantReader } from '../../kernel/grants.ts';
import { type Asking, cumulative } from './asking.ts';
import type { Gated } from './gated.ts';
import { granted } from './grants/standing.ts';
import { levelOf } from './level.ts';

/** What stands in for a person: a grant, then the auto-execute list, then the workflow's autonomy level. Undefined where neither does. */
export function standing(facts: Gated, moment: Moment, asking: Asking, grants: GrantReader): Released | undefined {
  if (facts.tiered.tier === 'low' || asking.past) return undefined;
  const found =
    granted(facts, moment, asking.rule, grants) ?? autoExecute(facts, moment) ?? unattended(facts, moment) ?? allKnown(facts, moment);
  return found && { ...found, reachMax: least(found.reachMax, asking.reachMax) };
}

/** For write and below, never for delete, send, pay or execute, whatever a document says. */
function autoExecute(facts: Gated, { organization, atMs }: Moment): Released | undefined {
  const { call, subject, permitted, tiered } = facts;
  if (tiered.effect !== 'read' && tiered.effect !== 'draft' && tiered.effect !== 'write') return undefined;
  const together = cumulative(facts);
  const release = `${subject.plugin.id}@${subject.plugin.version}`;
  const rule = organization.autoExecute.find(
    (candidate) =>
      candidate.connector === subject.connector.id &&
      candidate.tool === call.name &&
      atMs <= candidate.untilMs &&
      (candidate.release ?? release) === release &&
      (candidate.definition ?? permitted.pinned.digest) === permitted.pinned.digest &&
      (candidate.reachMax === undefined || (tiered.reach !== null && tiered.reach <= candidate.reachMax)) &&
      (candidate.togetherMax === undefined || (together !== null && together <= candidate.togetherMax)),
  );
  return rule && { code: 'auto_execute', rule: rule.id, approval: `rule:${rule.id}`, ticket: undefined, reachMax: rule.togetherMax };
}

/** Only the medium tier runs unattended: a high one has a person, always. */
function unattended(facts: Gated, moment: Moment): Released | undefined {
  if (facts.tiered.tier !== 'medium') return undefined;
  const { level, rule } = levelOf(facts, moment);
  if (level !== 'unattended') return undefined;
  return { code: 'unattended', rule, approval: `rule:${rule}`, ticket: undefined };
}

/** Where the organization says so: everything that counts was named by the person, the policy or a trusted system. */
function allKnown({ sourced, tiered }: Gated, { organization }: Moment): Released | undefined {
  if (!sourced.known || !organization.knownRuns?.includes(tiered.effect)) return undefined;
  return { code: 'unattended', rule: 'organization/known_runs', approval: 'rule:organization/known_runs', ticket: undefined };
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
