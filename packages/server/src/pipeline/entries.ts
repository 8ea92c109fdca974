import { createHash } from 'node:crypto';
import type { Outcome } from '@trapkey/contract/codes.ts';
import type { EntryFields, Would } from '@trapkey/contract/entry.ts';
import type { Json } from '@trapkey/contract/json.ts';
import { rfc3339 } from '../kernel/clock.ts';
import type { Facts, ProbeAnswer } from '../kernel/facts.ts';
import type { Ruling } from '../kernel/stage.ts';
import { sealedWhere, whereabouts } from './whereabouts.ts';

type Known = Partial<Facts> & Pick<Facts, 'call'>;

/** Who asked for what, as every entry of the call repeats it. */
function about(known: Known): Omit<EntryFields, 'timestamp' | 'kind'> {
  const { call, subject, permitted, tiered } = known;
  const effect = tiered?.effect ?? permitted?.rules.effect;
  const tool = toolOf(known);
  const session = call.where?.session.value ?? call.session;
  return {
    actor: call.client.name,
    on_behalf_of: subject?.person ?? call.credential.person,
    action: call.method === 'tools/call' ? tool : call.method,
    plugin: `${call.endpoint.plugin}@${call.endpoint.version}`,
    call: call.id,
    attempt: call.attempt,
    connector: call.endpoint.connector,
    tool,
    method: call.method,
    assurance: subject?.assurance ?? { on_behalf_of: call.credential.assurance.person },
    ...(subject && { run: subject.run.id, environment: subject.connector.environment }),
    ...(subject?.profile && { profile: subject.profile.id }),
    ...(session !== undefined && { session }),
    ...(call.where && whereabouts(call.where)),
    ...(call.change && { batch: call.change.id, change: call.change.n }),
    ...(call.via === 'hook' && { coverage: 'hook' as const }),
    ...(effect && { effect }),
    ...(permitted && { definition: permitted.pinned.digest }),
    ...(tiered && {
      tier: tiered.tier,
      reversible: tiered.reversible,
      reach: tiered.reach,
      destination: tiered.destination,
      amount: tiered.amount ? { micro_units: tiered.amount.microUnits, currency: tiered.amount.currency } : null,
    }),
  };
}

const nameCharactersMax = 128;

/** What was called, without what a caller could smuggle into the ledger: an address is payload, a name is capped. */
function toolOf({ call, permitted }: Known): string {
  if (call.method === 'tools/call') return call.name.slice(0, nameCharactersMax);
  return (
    permitted?.rules.name ??
    `${call.method.startsWith('prompts/') ? 'prompt' : 'resource'}:${createHash('sha256').update(call.name).digest('hex').slice(0, 16)}`
  );
}

/** `requested`: the call as it arrived, before anything is known to be true. */
export function requestedEntry(known: Known, policy: string, sealedArguments: string): EntryFields {
  return { ...about({ call: known.call }), timestamp: rfc3339(known.call.atMs), kind: 'requested', policy, arguments: sealedArguments };
}

export interface DecidedParts {
  readonly known: Known;
  readonly would: readonly Would[];
  readonly policy: string;
  readonly sealedArguments: string;
  readonly decideMs: number;
  readonly atMs: number;
}

/** `decided`: the verdict with its code and rule. */
export function decidedEntry(parts: DecidedParts, verdict: Ruling | NonNullable<Facts['released']>): EntryFields {
  const shared = {
    ...about(parts.known),
    timestamp: rfc3339(parts.atMs),
    kind: 'decided',
    policy: parts.policy,
    arguments: parts.sealedArguments,
    decide_ms: Math.round(parts.decideMs),
    ...(parts.known.call.claims['toolUseId'] !== undefined && { tool_use: parts.known.call.claims['toolUseId'] }),
    ...(parts.would.length > 0 && { would: parts.would }),
  } as const;
  if ('verdict' in verdict) {
    return {
      ...shared,
      verdict: verdict.verdict,
      code: verdict.code,
      rule: verdict.rule,
      approval: null,
      ...(verdict.detail !== undefined && { detail: verdict.detail.slice(0, 500) }),
      ...(verdict.ticket !== undefined && { ticket: verdict.ticket }),
    };
  }
  return {
    ...shared,
    verdict: 'allow',
    code: verdict.code,
    rule: verdict.rule,
    approval: verdict.approval,
    ...(verdict.ticket !== undefined && { ticket: verdict.ticket }),
  };
}

export interface ExecutedParts {
  readonly facts: Facts;
  readonly policy: string;
  readonly sealedArguments: string;
  readonly outcome: Outcome;
  readonly atMs: number;
  readonly upstreamMs: number;
  readonly heldMs: number | undefined;
  readonly sources: readonly string[];
  readonly result: EntryFields['result'];
  /** Digest of what stood there before it. */
  readonly before?: string | undefined;
  readonly code: EntryFields['code'];
  readonly detail: string | undefined;
}

/** `executed`: what came of it, durable before the result is released. */
export function executedEntry(parts: ExecutedParts): EntryFields {
  const { released } = parts.facts;
  return {
    ...about(parts.facts),
    timestamp: rfc3339(parts.atMs),
    kind: 'executed',
    outcome: parts.outcome,
    verdict: 'allow',
    code: parts.code ?? released.code,
    rule: released.rule,
    approval: released.approval,
    policy: parts.policy,
    arguments: parts.sealedArguments,
    data_sources: parts.sources,
    upstream_ms: Math.round(parts.upstreamMs),
    ...(parts.heldMs !== undefined && { held_ms: Math.round(parts.heldMs) }),
    ...(parts.result && { result: parts.result }),
    ...(parts.before !== undefined && { changed: { before: parts.before } }),
    ...(released.ticket !== undefined && { ticket: released.ticket }),
    ...(parts.detail !== undefined && { detail: parts.detail.slice(0, 500) }),
  };
}

/**
 * Everything the decision was made from, sealed with it so that policy can be replayed over it. Its keys stand in order,
 * as they are sealed: sorting them again would be most of the cost.
 */
export function decisionInputs({ call, subject }: Known, probes: ReadonlyMap<string, ProbeAnswer>): Json {
  const { credential, endpoint } = call;
  return {
    arguments: call.args,
    ...(call.asked && { asked: { arguments: call.asked.args, extra: call.asked.extra } }),
    call: {
      ...(call.announced && { announced: call.announced as unknown as Json }),
      at_ms: call.atMs,
      attempt: call.attempt,
      ...(call.change && { change: call.change as unknown as Json }),
      claims: call.claims,
      client: call.client,
      ...(call.earlier && { earlier: call.earlier as unknown as Json }),
      endpoint: { connector: endpoint.connector, plugin: endpoint.plugin, version: endpoint.version },
      id: call.id,
      method: call.method,
      name: call.name,
      ...(call.origins && { origins: call.origins as unknown as Json }),
      session: call.session ?? null,
      ...(call.staged && { staged: call.staged as unknown as Json }),
      ticket: (call.ticket as Json | undefined) ?? null,
      via: call.via,
      ...(call.where && { where: sealedWhere(call.where) }),
    },
    credential: {
      assurance: credential.assurance,
      audience: credential.audience,
      client: credential.client,
      groups: credential.groups,
      id: credential.id,
      kind: credential.kind,
      person: credential.person,
      profile: credential.profile ?? null,
    },
    extra: call.extra,
    probes: Object.fromEntries([...probes].map(([key, answer]) => [key, answer as unknown as Json])),
    run: subject ? { id: subject.run.id, started_at_ms: subject.run.startedAtMs } : null,
  };
}
