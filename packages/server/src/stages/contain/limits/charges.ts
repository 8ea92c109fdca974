import { createHash } from 'node:crypto';
import type { Measure } from '@trapkey/contract/policy/limits.ts';
import type { Call } from '../../../kernel/call.ts';
import type { Facts, Subject } from '../../../kernel/facts.ts';
import type { Charge, LimitIndex, LimitRule } from '../../../kernel/limit-rules.ts';
import { mainAgent, provedSession } from '../../../kernel/runs.ts';
import { takesBack } from '../../../kernel/takes-back.ts';
import { sameCall } from './alike.ts';

/** Without another witness a run is a person with a release over this long; connecting anew does not begin another. */
export const unprovedRunMs = 8 * 3_600_000;

const none: readonly LimitRule[] = [];

/** Of whom something is counted, as far as it is known before anything else. */
export interface Party {
  readonly person: string;
  readonly plugin: { readonly id: string; readonly version: string };
  readonly profile: { readonly id: string } | undefined;
  readonly run: { readonly id: string };
  readonly connector?: { readonly id: string };
  readonly proved: boolean;
  /** It takes something back: an operator said to how much, and what plugins and people may do is not used up by it. */
  readonly undoing?: boolean;
}

/** The party of a call. */
export function partyOf({ call, subject }: { readonly call: Call; readonly subject: Subject }): Party {
  const { person, plugin, profile, run, connector } = subject;
  return { person, plugin, profile, run, connector, proved: provedSession(call.where) !== undefined, undoing: takesBack(call) };
}

/** Every limit that covers a call: of its plugin, profile, connector and tool. */
export function rulesFor(index: LimitIndex, party: Party, tool: string | undefined): readonly LimitRule[] {
  const lists = [
    party.undoing ? undefined : index.byPlugin.get(party.plugin.id),
    party.profile && index.byProfile.get(party.profile.id),
    party.connector && index.byConnector.get(party.connector.id),
    party.connector && tool !== undefined ? index.byTool.get(`${party.connector.id}.${tool}`) : undefined,
  ].filter((list) => list !== undefined);
  return lists.length === 0 ? none : lists.length === 1 ? (lists[0] as readonly LimitRule[]) : lists.flat();
}

/** Whom a limit counts this call for: the key of it, its words, and how long. */
export function scopeOf(rule: LimitRule, party: Party): Pick<Charge, 'scope' | 'who' | 'windowMs'> {
  const release = `${party.plugin.id}@${party.plugin.version}`;
  switch (rule.each) {
    case 'organization':
      return { scope: rule.id, who: 'everything', windowMs: rule.windowMs };
    case 'plugin':
      return { scope: `${rule.id}|${party.plugin.id}`, who: `plugin ${party.plugin.id}`, windowMs: rule.windowMs };
    case 'release':
      return { scope: `${rule.id}|${release}`, who: `release ${release}`, windowMs: rule.windowMs };
    case 'connector':
    case 'tool':
      return { scope: rule.id, who: `${rule.each} ${rule.on.id}`, windowMs: rule.windowMs };
    case 'person': {
      const where = rule.on.kind === 'organization' ? party.plugin.id : rule.on.id;
      return { scope: `${rule.id}|${where}|${party.person}`, who: `${party.person} with ${where}`, windowMs: rule.windowMs };
    }
    case 'run':
      if (party.proved) return { scope: `${rule.id}|${party.run.id}`, who: `run ${party.run.id}`, windowMs: rule.windowMs };
      return {
        scope: `${rule.id}|${party.person}|${release}`,
        who: `${party.person} with ${release} (no witness proves where a run ends, so eight hours count as one)`,
        windowMs: rule.windowMs ?? unprovedRunMs,
      };
  }
}

/** What a call counts for, under every limit that covers it. */
export function chargesOf(index: LimitIndex, facts: Pick<Facts, 'call' | 'subject' | 'permitted' | 'tiered'>): readonly Charge[] {
  const party = partyOf(facts);
  const rules = rulesFor(index, party, facts.call.name);
  const charges: Charge[] = [];
  for (const rule of rules) {
    const counts = unitsOf(rule.measure, facts);
    if (counts === undefined) continue;
    const at = scopeOf(rule, party);
    if (rule.measure === 'agents') {
      const agent = agentOf(facts.call);
      if (agent !== undefined) charges.push({ rule, ...at, key: at.scope, units: 1, member: digest(agent) });
    } else if (rule.measure === 'repeats') charges.push({ rule, ...at, key: `${at.scope}|${sameCall(facts.call)}`, units: 1 });
    else charges.push({ rule, ...at, key: at.scope, units: counts });
  }
  return charges;
}

/** The sub-agent that calls, as a witness or the client names it; undefined for the one that the person talks to. */
export function agentOf({ where, claims }: Pick<Call, 'where' | 'claims'>): string | undefined {
  const agent = where?.agent.value ?? claims['agentId'];
  return agent === mainAgent ? undefined : agent;
}

/** Undefined where the measure does not count such a call; NaN where nobody can say how much it is. */
function unitsOf(measure: Measure, { call, tiered }: Pick<Facts, 'call' | 'tiered'>): number | undefined {
  const { effect, reach, amount } = tiered;
  const changes = effect !== 'read' && effect !== 'draft';
  switch (measure) {
    case 'calls':
      return 1;
    case 'actions':
      return call.method === 'tools/call' ? 1 : undefined;
    case 'writes':
      return changes ? 1 : undefined;
    case 'sends':
      return effect === 'send' ? 1 : undefined;
    case 'people':
      return effect === 'send' ? (reach ?? Number.NaN) : undefined;
    case 'records':
      return changes && effect !== 'send' ? (reach ?? Number.NaN) : undefined;
    case 'amount':
      return amount ? amount.microUnits : effect === 'pay' ? Number.NaN : undefined;
    case 'rows_read':
      return changes ? undefined : 0;
    case 'bytes':
    case 'agents':
    case 'repeats':
      return 0;
    // Counted when a refusal is written, and when telemetry tells: what they trip is looked at before every call.
    case 'refusals':
    case 'spend_usd':
    case 'tokens':
      return undefined;
  }
}

/** Ids of agents are the client's words: kept as digests. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
