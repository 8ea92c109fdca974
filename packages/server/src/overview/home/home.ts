import type { Home, Hour } from '@trapkey/contract/api/home.ts';
import type { Alerts, AlertView } from '../../kernel/alerts.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Limits, LimitUse } from '../../kernel/limits.ts';
import type { StopSnapshot } from '../../kernel/readers.ts';
import type { Rehearsal, Rehearsals } from '../../kernel/rehearsal.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import { hourMs, type openHeld, type openHours } from './read.ts';

const listedMax = 5;
const pluginsMax = 1_000;
const silentMax = 50;
const budgetsMax = 12;
const usesMax = 1_000;
const nearlyUsed = 0.8;

/** What the first page is made from. */
export interface HomeParts {
  readonly clock: Clock;
  readonly policy: () => PolicySet;
  readonly held: ReturnType<typeof openHeld>;
  readonly hours: ReturnType<typeof openHours>;
  readonly alerts: Pick<Alerts, 'list'>;
  readonly stops: { current(): StopSnapshot };
  readonly scopeText: (scope: StopSnapshot['stops'][number]['scope']) => string;
  readonly rehearsals: Pick<Rehearsals, 'list'>;
  readonly limits: Pick<Limits, 'uses'>;
}

/** How everything stands. `yours` is asked for whoever looks. */
export async function homeOf(parts: HomeParts, hours: number, yours: { readonly count: number; readonly more: boolean }): Promise<Home> {
  const nowMs = parts.clock();
  const [held, counted, alerts, [rehearsal], uses] = await Promise.all([
    parts.held(nowMs),
    parts.hours(nowMs - Math.max(hours, 24) * hourMs, nowMs),
    parts.alerts.list({ state: 'unresolved' }),
    parts.rehearsals.list(1),
    parts.limits.uses({ max: usesMax }),
  ]);
  const plugins = pluginsOf(parts);
  const budgets = uses
    .filter(({ used, max, open }) => open !== undefined || (max > 0 && used / max >= nearlyUsed))
    .toSorted((a, b) => b.used / b.max - a.used / a.max);
  return {
    nowMs,
    held: { count: held.count, oldestAtMs: held.oldestAtMs ?? null, yours: yours.count, yoursMore: yours.more },
    lastDay: sumOf(counted.slice(-24)),
    stops: stopsOf(parts),
    alerts: { count: alerts.length, newest: alerts.slice(0, listedMax).map(alertOf) },
    silent: alerts
      .filter(({ kind }) => kind === 'source_silent' || kind === 'intake_gap' || kind === 'node_cut_off')
      .slice(0, silentMax)
      .map(({ id, scope, says, firstAtMs }) => ({ alert: id, scope, says, sinceMs: firstAtMs })),
    rehearsal: rehearsal ? rehearsalOf(rehearsal) : null,
    plugins,
    hours: [...counted.slice(-hours)],
    budgets: budgets.slice(0, budgetsMax).map(budgetOf),
    steps: { plugins: plugins.length > 0, called: held.called, enforced: plugins.some(({ mode }) => mode === 'enforce') },
  };
}

function budgetOf({ key, rule, who, measure, text, used, max, open }: LimitUse): Home['budgets'][number] {
  // Money is counted in millionths.
  const units = measure === 'spend_usd' || measure === 'amount' ? 1_000_000 : 1;
  return { key, rule, who, text, used: used / units, max: max / units, open: open !== undefined };
}

function pluginsOf({ policy, stops }: HomeParts): Home['plugins'] {
  const stopped = new Set(
    stops.current().stops.flatMap(({ scope }) => (scope.kind === 'plugin' || scope.kind === 'release' ? [scope.id] : [])),
  );
  return [...policy().plugins.values()].slice(0, pluginsMax).map(({ id, version, owner, mode }) => ({
    plugin: id,
    version,
    owner,
    mode,
    stopped: stopped.has(id) || stopped.has(`${id}@${version}`),
  }));
}

function stopsOf({ stops, scopeText }: HomeParts): Home['stops'] {
  const { stops: engaged, unreadable } = stops.current();
  const newest = engaged.toSorted((a, b) => b.atMs - a.atMs).slice(0, listedMax);
  return {
    count: engaged.length,
    newest: newest.map(({ id, scope, mode, by, atMs }) => ({ id, scope: scopeText(scope), mode, by, atMs })),
    unreadable,
  };
}

function alertOf({ id, kind, title, says, state, lastAtMs }: AlertView): Home['alerts']['newest'][number] {
  return { id, kind, title, says, state, lastAtMs };
}

function rehearsalOf({ id, state, says, startedAtMs, paths }: Rehearsal): NonNullable<Home['rehearsal']> {
  const slowest = Math.max(...paths.map(({ refusedAfterMs }) => refusedAfterMs ?? -1));
  return { id, state, says, atMs: startedAtMs, refusedAfterMs: slowest < 0 ? null : slowest };
}

function sumOf(hours: readonly Hour[]): Home['lastDay'] {
  const sum = (of: 'denied' | 'held' | 'allowed') => hours.reduce((all, one) => all + one[of], 0);
  return { denied: sum('denied'), held: sum('held'), allowed: sum('allowed') };
}
