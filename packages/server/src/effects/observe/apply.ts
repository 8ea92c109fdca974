import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Signal, type SignalKind, signalKinds } from '../../kernel/alerts.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import type { Notice } from '../../kernel/messages.ts';
import { audiences, bounded, ends, grouped, remindMs } from './kinds.ts';
import type { ObservingPolicy } from './signals.ts';
import type { AlertRow } from './store.ts';

/** An alert that goes on is told again when it happened ten times as often, and not before this. */
export const againAfterMs = 15 * 60_000;
const growth = 10;

/** What signals change: rows to write, people to tell, entries to leave. */
export interface Applied {
  readonly rows: readonly AlertRow[];
  readonly notices: readonly Notice[];
  readonly entries: readonly EntryFields[];
}

type What = 'opened' | 'reopened' | 'again' | 'reminder' | 'resolved';

/** What the words of a row are. */
export type AlertBody = Pick<Signal, 'says' | 'facts' | 'connector' | 'plugin' | 'call' | 'link'>;

/** Puts signals to the alerts of their kind and scope. Pure: what is written is the caller's, in one transaction. */
export function applySignals(signals: readonly Signal[], known: readonly AlertRow[], policy: ObservingPolicy, atMs: number): Applied {
  const rows = new Map(known.map((row) => [keyOf(row), row]));
  const changed = new Map<string, AlertRow>();
  const told: (readonly [AlertRow, What])[] = [];
  for (const signal of grouped(signals.map(bounded))) {
    const ended = endedBy(signal, rows);
    const before = ended ?? rows.get(keyOf(signal));
    const next = ended ? resolvedBy(ended, signal, atMs) : occurred(before, signal, policy, atMs);
    rows.set(keyOf(next), next);
    changed.set(next.id, next);
    const what = ended ? 'resolved' : before === undefined ? 'opened' : before.state === 'resolved' ? 'reopened' : undefined;
    if (what) told.push([next, what]);
  }
  return said([...changed.values()], told, atMs);
}

/** Open alerts that are to be told again: ten times as often by now, no longer muted, or due for a reminder. */
export function dueAgain(open: readonly AlertRow[], atMs: number): Applied {
  const told = open.flatMap((row): (readonly [AlertRow, What])[] => {
    const pause = row.told_at_ms + againAfterMs;
    const reminds = remindMs.get(row.kind as SignalKind);
    if (row.state !== 'open' || isMuted(row, atMs)) return [];
    const what = reminds !== undefined && row.told_at_ms + reminds <= atMs ? 'reminder' : undefined;
    const grown = row.count >= row.next_count && pause <= atMs ? 'again' : undefined;
    const next = what ?? grown;
    return next ? [[toldNow(row, atMs), next]] : [];
  });
  return said(
    told.map(([row]) => row),
    told,
    atMs,
  );
}

/** The stored words. */
export function bodyOf(row: Pick<AlertRow, 'body'>): AlertBody {
  return JSON.parse(row.body) as AlertBody;
}

/** What was done to an alert. The scope is of the policy's own names; people's words stay in the reason of their own acts. */
export function alertEntry(row: AlertRow, action: string, atMs: number, more: Partial<EntryFields> = {}): EntryFields {
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action: `alert.${action}`,
    actor: 'trapkey',
    subject: row.id,
    count: row.count,
    detail: `${row.kind} ${row.scope}`,
    ...more,
  };
}

export function isMuted(row: Pick<AlertRow, 'muted_until_ms'>, atMs: number): boolean {
  return row.muted_until_ms !== null && row.muted_until_ms > atMs;
}

/** A muted alert is opened and counted, and nobody is told. */
function said(rows: readonly AlertRow[], told: readonly (readonly [AlertRow, What])[], atMs: number): Applied {
  return {
    rows,
    notices: told.filter(([row]) => !isMuted(row, atMs)).map(([row, what]) => noticeOf(row, what)),
    entries: told.map(([row, what]) => alertEntry(row, what, atMs)),
  };
}

function keyOf({ kind, scope }: Pick<AlertRow, 'kind' | 'scope'> | Signal): string {
  return `${kind}\0${scope}`;
}

function endedBy(signal: Signal, rows: ReadonlyMap<string, AlertRow>): AlertRow | undefined {
  const kind = ends.get(signal.kind);
  const row = kind && rows.get(keyOf({ kind, scope: signal.scope }));
  return row && row.state !== 'resolved' ? row : undefined;
}

function resolvedBy(row: AlertRow, { says, facts }: Signal, atMs: number): AlertRow {
  const body = JSON.stringify({ ...bodyOf(row), says, ...(facts && { facts }) });
  return { ...row, state: 'resolved', body, last_at_ms: atMs, by: null, reason: null };
}

function occurred(before: AlertRow | undefined, signal: Signal, policy: ObservingPolicy, atMs: number): AlertRow {
  const { kind, scope, says, facts, connector, plugin, call, link, count = 1 } = signal;
  const at = Math.min(atMs, signal.atMs ?? atMs);
  const owner = policy.connectors.get(connector ?? '')?.owner ?? policy.plugins.get(plugin ?? '')?.owner ?? null;
  const body = JSON.stringify({ says, facts, connector, plugin, call, link } satisfies { [K in keyof AlertBody]: unknown });
  const fresh = { kind, scope, body, owner, last_at_ms: at };
  if (before && before.state !== 'resolved') return { ...before, ...fresh, count: before.count + count };
  const opened = { ...fresh, state: 'open' as const, count, first_at_ms: at, by: null, reason: null };
  return toldNow(before ? { ...before, ...opened } : { ...opened, ...never, id: newId('A') }, atMs);
}

const never = { told_at_ms: 0, told_count: 0, next_count: 0, muted_until_ms: null };

function toldNow(row: AlertRow, atMs: number): AlertRow {
  return { ...row, told_at_ms: atMs, told_count: row.count, next_count: row.count * growth };
}

const titles: Readonly<Record<What, string>> = {
  opened: '',
  reopened: 'Again: ',
  again: 'Still going on: ',
  reminder: 'Still waiting: ',
  resolved: 'Over: ',
};

function noticeOf(row: AlertRow, what: What): Notice {
  const { says, facts = [] } = bodyOf(row);
  const kind = row.kind as SignalKind;
  const many = row.count === 1 ? [] : [`${new Intl.NumberFormat('en-US').format(row.count)} times since ${minute(row.first_at_ms)}`];
  return {
    ...{ about: 'alert', id: row.id, event: `${kind}.${what}`, title: `${titles[what]}${signalKinds[kind]}`, sentence: says },
    ...{ facts: [`About ${row.scope}`, ...many, ...facts], path: `/alerts/${row.id}`, to: audiences[kind] },
    owner: row.owner ?? undefined,
  };
}

function minute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
