import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import type { StopView } from '../../../kernel/readers.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { Engage, RevokeTokens, Stops } from '../../../kernel/stops.ts';
import { scopeText } from '../covers.ts';
import type { StopStore } from '../store.ts';
import { reasonOf, stopEntry } from './entries.ts';
import { mayRelease, type StopPolicy } from './releasing.ts';

/** What the acts on stops work with. */
export interface ChangeParts {
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly store: StopStore;
  readonly policy: () => StopPolicy;
  readonly revokeTokens: RevokeTokens | undefined;
  /** Stops of the database, as they are known now. */
  readonly engaged: () => readonly StopView[];
  /** What follows every change: everything that runs here must know, and the record is sealed. */
  readonly changed: () => Promise<void>;
}

/** Engages a stop and what goes with it, in one transaction. */
export function engager({ recorder, clock, store, revokeTokens, changed }: ChangeParts): Stops['engage'] {
  return async ({ scope, mode, by, reason, untilMs, also = [], revoke, order }: Engage) => {
    const atMs = clock();
    if (untilMs !== undefined && untilMs <= atMs)
      throw new UserError('That time is over already. Nothing was stopped.', 'Name a later one.');
    if (revoke && !revokeTokens) throw new UserError('Tokens cannot be revoked from here. Nothing was stopped.');
    const shared = { mode, by: by.person, reason: reasonOf(reason), atMs, ...(untilMs !== undefined && { untilMs }) };
    const stop: StopView = { id: order?.id ?? newId('S'), scope, ...shared };
    const stops = [stop, ...also.map((other) => ({ id: newId('S'), scope: other, ...shared, act: stop.id }))];
    const act = { person: by.person, assurance: by.assurance, reason: stop.reason, atMs };
    const committed = await recorder.commit({
      entries: stops.map((one) => stopEntry('stop.engaged', one, { ...act, detail: one === stop ? order?.detail : undefined })),
      steps: async (tx) => {
        const claimed = await order?.claim(tx);
        if (claimed && !claimed.ok) return claimed;
        const revoked: readonly EntryFields[] = revoke && revokeTokens ? await revokeTokens(tx, { scope, by, atMs }) : [];
        await store.insert(tx, stops, revoked.length);
        return { ok: true, entries: revoked };
      },
    });
    // An order that another node carried out first is a stop all the same.
    if (committed.status === 'committed' || order) await changed();
    return stop;
  };
}

/** Ends stops, by an administrator. */
export function releaser({ recorder, clock, store, policy, engaged, changed }: ChangeParts): Stops['release'] {
  return async ({ stop, by, reason }) => {
    const atMs = clock();
    const why = reasonOf(reason);
    const what = typeof stop === 'string' ? `Stop ${stop}` : `A stop on ${scopeText(stop)}`;
    const wanted = engaged().filter((one) => (typeof stop === 'string' ? one.id === stop : scopeText(one.scope) === scopeText(stop)));
    const detail = mayRelease(policy(), wanted, by, atMs);
    const act = { person: by.person, assurance: 'proved', reason: why, atMs, detail } as const;
    const released = await ended({ recorder, store }, wanted, act, 'stop.released');
    await changed();
    if (released.length > 0) return released;
    throw new UserError(`${what} is not engaged. Nothing was changed.`, 'See what is engaged with `trapkey stop list`.');
  };
}

/** Ends the stops whose time is over; of many nodes, one does. */
export function lapser({ recorder, clock, store, engaged, changed }: ChangeParts): Stops['lapse'] {
  return async () => {
    const atMs = clock();
    const over = engaged().filter(({ untilMs }) => untilMs !== undefined && untilMs <= atMs);
    if (over.length === 0) return [];
    const act = { person: 'trapkey', assurance: 'proved', reason: 'its time is over', atMs } as const;
    const lapsed = await ended({ recorder, store }, over, act, 'stop.lapsed');
    await changed();
    return lapsed;
  };
}

async function ended(
  { recorder, store }: Pick<ChangeParts, 'recorder' | 'store'>,
  stops: readonly StopView[],
  act: Parameters<typeof stopEntry>[2],
  action: 'stop.released' | 'stop.lapsed',
): Promise<readonly StopView[]> {
  if (stops.length === 0) return [];
  let released: readonly StopView[] = [];
  const committed = await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const ids = stops.map(({ id }) => id);
      released = (await store.release(tx, { ids, by: act.person, reason: act.reason, atMs: act.atMs })).released;
      if (released.length === 0) return { ok: false, conflict: 'not engaged' };
      return { ok: true, entries: released.map((view) => stopEntry(action, view, act)) };
    },
  });
  return committed.status === 'committed' ? released : [];
}
