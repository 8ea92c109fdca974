import { randomInt } from 'node:crypto';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { RaiseIn, Signal } from '../../../kernel/alerts.ts';
import { rfc3339 } from '../../../kernel/clock.ts';
import { randomCrockford } from '../../../kernel/ids.ts';
import type { Charge } from '../../../kernel/limit-rules.ts';
import type { Reached, TripView } from '../../../kernel/limits.ts';
import type { StopScope } from '../../../kernel/readers.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import { insertTrip, openTripIn } from './trips-store.ts';
import { countText, trippedSays } from './words.ts';

/** Who met the limit. */
export interface Met {
  readonly person?: string | undefined;
  readonly call?: string | undefined;
  readonly run?: string | undefined;
  /** plugin@version */
  readonly release?: string | undefined;
  readonly plugin?: string | undefined;
  readonly connector?: string | undefined;
}

/** Opens the breaker of a limit in the transaction of what met it, once; gives its entry, and the one that is open. */
export async function tripIn(
  tx: Tx,
  { charge, used, lost }: Pick<Reached, 'charge' | 'used' | 'lost'>,
  met: Met,
  { atMs, raise }: { readonly atMs: number; readonly raise: RaiseIn | undefined },
): Promise<{ readonly trip: TripView; readonly fresh: boolean; readonly entries: readonly EntryFields[] }> {
  const open = await openTripIn(tx, charge.scope);
  if (open) return { trip: open, fresh: false, entries: [] };
  const trip = tripOf(charge, used, lost, met, atMs);
  await insertTrip(tx, trip);
  await raise?.(tx, {
    kind: 'breaker_tripped',
    scope: trip.scope,
    says: trippedSays(trip),
    atMs,
    ...(met.plugin !== undefined && { plugin: met.plugin }),
    ...(met.connector !== undefined && { connector: met.connector }),
    ...(met.call !== undefined && { call: met.call }),
  });
  return { trip, fresh: true, entries: [tripEntry(trip, met)] };
}

function tripOf({ rule, scope, who }: Charge, used: number, lost: number, met: Met, atMs: number): TripView {
  return {
    id: `L-${randomCrockford(10)}`,
    rule: rule.id,
    measure: rule.measure,
    scope,
    who,
    text: rule.text,
    used,
    max: rule.max,
    lost,
    mode: rule.stop,
    atMs,
    rearmAtMs: rule.rearmMs === undefined ? undefined : atMs + rule.rearmMs,
    owner: rule.owner,
    person: met.person,
    call: met.call,
    run: met.run,
    stop: undefined,
    request: undefined,
    resetAtMs: undefined,
    resetBy: undefined,
    resetReason: undefined,
  };
}

function tripEntry(trip: TripView, met: Met): EntryFields {
  const count = (units: number) => countText(trip.measure, units, trip.text);
  const lost = trip.lost > 0 ? `, ${count(trip.lost)} of them in blocks that were lost` : '';
  return {
    timestamp: rfc3339(trip.atMs),
    kind: 'admin',
    action: 'limit.tripped',
    actor: 'trapkey-limits',
    subject: trip.id,
    rule: trip.rule,
    detail: `${count(trip.used)} of ${count(trip.max)}${lost}`,
    ...(met.person !== undefined && { on_behalf_of: met.person, assurance: { on_behalf_of: 'joined' } }),
    ...(met.run !== undefined && { run: met.run }),
    ...(met.connector !== undefined && { connector: met.connector }),
  };
}

/** The stop that goes with a trip; undefined where no stop is as narrow as the limit: then the breaker alone holds. */
export function stopScopeOf(
  charge: Charge,
  met: { readonly person: string; readonly run: string; readonly release: string },
): StopScope | undefined {
  const { rule } = charge;
  const last = charge.scope.slice(charge.scope.indexOf('|') + 1);
  switch (rule.each) {
    case 'organization':
      return { kind: 'everything' };
    case 'plugin':
    case 'release':
      return { kind: rule.each, id: last };
    case 'connector':
    case 'tool':
      return { kind: rule.each, id: rule.on.id };
    case 'run':
      // A stopped run takes the hours after with it; where a run is proved, the next one is another.
      return charge.windowMs === undefined
        ? undefined
        : rule.on.kind === 'plugin' || rule.on.kind === 'organization'
          ? { kind: 'run', id: met.run, person: met.person, release: met.release }
          : undefined;
    case 'person':
      return undefined;
  }
}

/** Ends the alert of a trip. */
export function resetSignal({ scope, text, measure, who }: TripView): Signal {
  return { kind: 'breaker_reset', scope, says: `The limit of ${text} (${measure}) for ${who} was reset.` };
}

/** A moment that differs from process to process, so that they do not come back all at once. */
export function pauseMs(): number {
  return 60 + randomInt(120);
}
