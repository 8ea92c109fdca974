import { expressionScope } from '../../../kernel/expression-scope.ts';
import type { Moment, Released } from '../../../kernel/facts.ts';
import type { GrantReader, StandingGrant } from '../../../kernel/grants.ts';
import type { ApprovalRule } from '../../../kernel/rules.ts';
import type { Gated } from '../gated.ts';

/** The grant that stands in for the person whom the tier asks for; the one that is over first is used first. */
export function granted(facts: Gated, moment: Moment, asks: ApprovalRule, grants: GrantReader): Released | undefined {
  if (asks.grants === 'never') return undefined;
  const { call, subject } = facts;
  if (call.method !== 'tools/call') return undefined;
  const { id: plugin, version } = subject.plugin;
  const where = { plugin, version, connector: subject.connector.id, tool: call.name, atMs: moment.atMs };
  const grant = grants.covering(where).find((candidate) => covers(candidate, facts, moment));
  return grant && { code: 'granted', rule: `grant/${grant.id}`, approval: `grant:${grant.id}`, ticket: undefined, grant: grant.id };
}

function covers(grant: StandingGrant, facts: Gated, moment: Moment): boolean {
  const { subject, permitted, tiered } = facts;
  if (grant.expiresAtMs <= moment.atMs || grant.definition !== permitted.pinned.digest) return false;
  if (grant.version !== subject.plugin.version || grant.plugin !== subject.plugin.id) return false;
  if (grant.person !== undefined && grant.person !== subject.person) return false;
  if (grant.reachMax !== undefined && (tiered.reach === null || tiered.reach > grant.reachMax)) return false;
  try {
    return grant.bounds.evaluate(expressionScope(facts, moment));
  } catch {
    // Bounds that cannot be evaluated over this call do not cover it: a person is asked.
    return false;
  }
}
