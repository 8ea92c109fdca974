import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Call } from './call.ts';
import type { Facts, Moment } from './facts.ts';
import type { ExpressionScope } from './rules.ts';
import { depthForLimit } from './runs.ts';

type Known = Pick<Facts, 'subject'> & Partial<Pick<Facts, 'tiered'>> & { readonly call: Pick<Call, 'name' | 'args' | 'claims' | 'where'> };

/** What a policy expression sees of a call, as far as it is known. */
export function expressionScope(known: Known, moment: Moment, args: JsonObject = known.call.args): ExpressionScope {
  const { call, subject, tiered } = known;
  return {
    args,
    person: { id: subject.person, groups: subject.groups, region: subject.region },
    plugin: subject.plugin.id,
    release: `${subject.plugin.id}@${subject.plugin.version}`,
    profile: subject.profile?.id ?? '',
    run: { id: subject.run.id, started: subject.run.startedAtMs },
    agent: { id: call.claims['agentId'] ?? '', depth: depthForLimit(call.where) },
    tool: call.name,
    connector: subject.connector.id,
    now: moment.atMs,
    ...(tiered && { destination: tiered.destination }),
    ...(tiered && tiered.reach !== null && { reach: tiered.reach }),
    ...(tiered?.amount && { amount: tiered.amount.microUnits / 1_000_000 }),
  };
}
