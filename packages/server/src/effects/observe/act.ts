import { alertsListedMax } from '@trapkey/contract/api/alerts.ts';
import type { AlertAct, Alerts, AlertView, RaiseIn, SignalKind } from '../../kernel/alerts.ts';
import { signalKinds } from '../../kernel/alerts.ts';
import type { ProvenPerson } from '../../kernel/approvals.ts';
import type { Clock } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { Notice } from '../../kernel/messages.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { alertEntry, bodyOf, isMuted } from './apply.ts';
import { audiences, bounded } from './kinds.ts';
import { openObserveReader } from './read.ts';
import type { ObservingPolicy } from './signals.ts';
import { type AlertDatabase, type AlertRow, alertStore } from './store.ts';

const reasonCharactersMax = 500;
const muteMaxMs = 30 * 24 * 3_600_000;

/** Keeps a signal in the transaction of what it tells of; the worker makes an alert of it. */
export function raiserIn({ database, clock }: { readonly database: AlertDatabase; readonly clock: Clock }): RaiseIn {
  const store = alertStore(database);
  return async (tx, signal) => {
    const one = bounded(signal);
    await store.put(tx, one, one.atMs ?? clock());
  };
}

/** What people may do with alerts. Works without a server. */
export function openAlerts(parts: {
  readonly database: AlertDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => ObservingPolicy;
}): Alerts {
  const { database, recorder, clock, policy } = parts;
  const store = alertStore(database);
  const reader = openObserveReader(database);
  const viewed = async (rows: readonly AlertRow[]): Promise<readonly AlertView[]> => {
    const deliveries = await reader.deliveries(rows.map(({ id }) => id));
    return rows.map((row) => viewOf(row, deliveries.get(row.id) ?? [], clock()));
  };
  const mayAct: Alerts['mayAct'] = ({ owner }, by) => mayActUnder(policy(), owner, by);
  const change = async (act: AlertAct, action: string, to: (row: AlertRow, atMs: number) => Partial<AlertRow>): Promise<AlertView> => {
    const reason = reasonOf(act.reason);
    const found = await store.byId(act.alert);
    if (!found)
      throw new UserError(`There is no alert ${act.alert.slice(0, 40)}. Nothing was changed.`, 'See them with `trapkey alerts list`.');
    if (!mayActUnder(policy(), found.owner ?? undefined, act.by))
      throw new UserError(
        `${act.by.person} is neither operator nor administrator, and does not own what alert ${found.id} is about. Nothing was changed.`,
        `Who can: ${found.owner ?? policy().organization.owner}, an operator or an administrator.`,
      );
    let now: AlertRow | undefined;
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        const [row] = await store.byIds(tx, [found.id]);
        if (!row) return { ok: false, conflict: 'gone' };
        const atMs = clock();
        now = { ...row, ...to(row, atMs), by: act.by.person, reason };
        await store.write(tx, [now]);
        const by = { actor: `trapkey-${act.via}`, on_behalf_of: act.by.person, reason, assurance: { on_behalf_of: 'proved' } } as const;
        return { ok: true, entries: [alertEntry(now, action, atMs, by)] };
      },
    });
    if (!now) throw new UserError(`Alert ${found.id} is gone: it was resolved long ago. Nothing was changed.`);
    return (await viewed([now]))[0] as AlertView;
  };
  return {
    mayAct,
    list: async ({ state }) => await viewed(await store.list(state, alertsListedMax)),
    async show(id) {
      const row = await store.byId(id);
      if (!row) return undefined;
      const deliveries = (await reader.deliveries([id])).get(id) ?? [];
      return { ...viewOf(row, deliveries, clock()), deliveries };
    },
    acknowledge: (act) => change(act, 'acknowledged', () => ({ state: 'acknowledged' })),
    resolve: (act) => change(act, 'resolved', () => ({ state: 'resolved' })),
    mute: (act) => {
      if (!(act.forMs > 0 && act.forMs <= muteMaxMs)) throw new UserError('An alert is muted for at most 30 days. Nothing was changed.');
      // When it is over, only what is new by then is told.
      return change(act, 'muted', (row, atMs) => ({ muted_until_ms: atMs + act.forMs, next_count: row.count + 1 }));
    },
  };
}

function mayActUnder({ directory }: ObservingPolicy, owner: string | undefined, by: ProvenPerson): boolean {
  if (by.roles.some((role) => role === 'operator' || role === 'administrator')) return true;
  const idOf = (name: string) => directory.get(name.trim().toLowerCase())?.id.toLowerCase() ?? name.trim().toLowerCase();
  return owner !== undefined && idOf(owner) === idOf(by.person);
}

function reasonOf(reason: string): string {
  const words = reason
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, reasonCharactersMax);
  if (words === '') throw new UserError('A reason is needed. Nothing was changed.', 'Add `--reason "…"`.');
  return words;
}

type Delivery = NonNullable<Awaited<ReturnType<Alerts['show']>>>['deliveries'][number];

function viewOf(row: AlertRow, deliveries: readonly Delivery[], atMs: number): AlertView {
  const { says, facts = [], link, call } = bodyOf(row);
  const kind = row.kind as SignalKind;
  const muted = isMuted(row, atMs);
  return {
    ...{ id: row.id, kind, scope: row.scope, title: signalKinds[kind], says, facts, state: row.state, count: row.count, call, link },
    ...{ audiences: audiences[kind] satisfies Notice['to'], owner: row.owner ?? undefined },
    ...{ firstAtMs: row.first_at_ms, lastAtMs: row.last_at_ms, by: row.by ?? undefined, reason: row.reason ?? undefined },
    mutedUntilMs: muted ? (row.muted_until_ms ?? undefined) : undefined,
    delivery: deliveryOf(deliveries, muted),
  };
}

/** The worst of the newest message to each channel: one that reached nobody is seen. */
function deliveryOf(deliveries: readonly Delivery[], muted: boolean): AlertView['delivery'] {
  const newest = new Map(deliveries.toReversed().map((one) => [one.channel, one.state]));
  const states = [...newest.values()];
  return (['given_up', 'waiting', 'delivered'] as const).find((state) => states.includes(state)) ?? (muted ? 'muted' : 'none');
}
