import type { AlertAudience, Signal, SignalKind } from '../../kernel/alerts.ts';

/** Who hears of what. Where a target is not set, operations do. */
export const audiences: Readonly<Record<SignalKind, readonly AlertAudience[]>> = {
  out_of_scope: ['operations'],
  check_failed: ['owners'],
  breaker_tripped: ['operations', 'owners'],
  breaker_reset: ['operations', 'owners'],
  stop_engaged: ['operations', 'security'],
  stop_released: ['operations', 'security'],
  rehearsal_failed: ['operations'],
  node_cut_off: ['operations'],
  bypass: ['security', 'operations'],
  source_silent: ['operations'],
  intake_gap: ['operations'],
  equivalent_after_refused: ['security'],
  policy_refused: ['operations', 'security'],
  definition_changed: ['owners', 'security'],
  definition_suspicious: ['security', 'owners'],
  release_waits: ['security'],
  release_changed: ['security', 'operations'],
  release_revoked: ['operations', 'security'],
  large_pull: ['owners', 'security'],
  many_sends: ['owners', 'operations'],
  outcome_unknown: ['operations', 'owners'],
  batch_waits: ['operations', 'owners'],
  record_trouble: ['operations'],
  upstream_trouble: ['owners', 'operations'],
  undelivered: ['operations', 'security'],
  review_due: ['security', 'operations'],
  review_done: ['security', 'operations'],
  autonomy_demoted: ['owners', 'operations'],
  data_leak: ['security', 'owners'],
  trouble: ['operations'],
};

/** What ends another kind's alert of the same scope: its news closes that one and leaves none of its own. */
export const ends: ReadonlyMap<SignalKind, SignalKind> = new Map([
  ['stop_released', 'stop_engaged'],
  ['breaker_reset', 'breaker_tripped'],
  ['review_done', 'review_due'],
]);

/** Told again each so often while nobody resolved it. */
export const remindMs: ReadonlyMap<SignalKind, number> = new Map([['review_due', 24 * 3_600_000]]);

const saysCharactersMax = 1_000;
const factsMax = 6;
const factCharactersMax = 300;
const scopeCharactersMax = 200;

/** A signal within its limits: one line each, nothing hidden in it. */
export function bounded(signal: Signal): Signal {
  return {
    ...signal,
    scope: line(signal.scope, scopeCharactersMax),
    says: line(signal.says, saysCharactersMax),
    ...(signal.facts && { facts: signal.facts.slice(0, factsMax).map((fact) => line(fact, factCharactersMax)) }),
    count: Math.max(1, Math.floor(signal.count ?? 1)),
  };
}

/** Signals of one kind and scope as one: how often, with the words of the newest. */
export function grouped(signals: readonly Signal[]): readonly Signal[] {
  const groups = Map.groupBy(signals, ({ kind, scope }) => `${kind}\0${scope}`);
  return [...groups.values()].map((group) => {
    const newest = group.at(-1) as Signal;
    return { ...newest, count: group.reduce((sum, { count = 1 }) => sum + count, 0) };
  });
}

function line(text: string, charactersMax: number): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, charactersMax);
}
