import type { Charge } from '../../../kernel/limit-rules.ts';
import type { TripView } from '../../../kernel/limits.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import type { Opened } from './parts.ts';
import { limitStopper } from './parts.ts';
import { type Met, stopScopeOf } from './tripping.ts';
import { linkTrip } from './trips-store.ts';

/** A limit that was met: what follows is done after its transaction. */
export interface Followed {
  readonly trip: TripView | undefined;
  readonly charge: Charge;
  readonly met: Met;
  /** Whether this process opened the breaker; who did engages the stop. */
  readonly fresh: boolean;
}

/** Engages the stop of a trip, and opens the request of whoever may want more. The breaker holds without either. */
export async function follow(
  opened: Opened,
  { trip, charge, met, fresh }: Followed,
  says: string | undefined,
): Promise<string | undefined> {
  const { alarm = () => undefined } = opened;
  try {
    if (trip && fresh) await engage(opened, trip, charge, met);
  } catch (error) {
    alarm(`The stop of ${trip?.id} could not be engaged; its breaker holds, and it is tried again: ${String(error)}`);
  }
  if (says === undefined || met.person === undefined) return undefined;
  try {
    return await ask(opened, { trip, charge, met, fresh }, says);
  } catch (error) {
    alarm(`No request to raise ${charge.rule.id} could be opened: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function engage({ stops, recorder }: Opened, trip: TripView, charge: Charge, met: Met): Promise<void> {
  const scope = stopScopeOf(charge, { person: met.person ?? '', run: met.run ?? '', release: met.release ?? '' });
  if (!scope) return;
  const stop = await stops.engage({
    scope,
    mode: trip.mode,
    by: { person: `${limitStopper}${trip.id}`, assurance: 'proved' },
    reason: `The limit of ${trip.text} (${trip.measure}) for ${trip.who} tripped.`,
    ...(trip.rearmAtMs !== undefined && { untilMs: trip.rearmAtMs }),
  });
  await recorder.commit({ entries: [], steps: (tx) => linked(tx, trip.id, { stop: stop.id }) });
}

/** One open request for each person and limit: the budget is raised by whoever owns it, never by asking again. */
async function ask({ requests, recorder }: Opened, { trip, charge, met, fresh }: Followed, says: string): Promise<string | undefined> {
  if (!requests || met.person === undefined) return undefined;
  const request = await requests.open({
    by: { person: met.person, roles: [] },
    rule: charge.rule.id,
    text: `Raise the limit, or reset it: ${says}`,
    via: 'limits',
  });
  if (trip && fresh) await recorder.commit({ entries: [], steps: (tx) => linked(tx, trip.id, { request: request.id }) });
  return request.id;
}

async function linked(tx: Tx, id: string, to: { readonly stop?: string; readonly request?: string }): Promise<{ readonly ok: true }> {
  await linkTrip(tx, id, to);
  return { ok: true };
}

const missingAfterMs = 5_000;

/** A crash between a trip and its stop leaves the breaker alone; the stop is engaged by whoever notices. */
export async function engageMissing(opened: Opened, open: readonly TripView[]): Promise<void> {
  const index = opened.policy().limits;
  if (!index) return;
  for (const trip of open) {
    if (trip.stop !== undefined || opened.clock() - trip.atMs < missingAfterMs) continue;
    const rule = [index.byPlugin, index.byConnector, index.byTool, index.byProfile]
      .flatMap((by) => [...by.values()].flat())
      .find(({ id }) => id === trip.rule);
    if (!rule) continue;
    const release = trip.scope.split('|').at(-1);
    const charge = {
      rule,
      key: trip.scope,
      scope: trip.scope,
      units: 1,
      windowMs: rule.windowMs ?? (release?.includes('@') ? 1 : undefined),
      who: trip.who,
    };
    await engage(opened, trip, charge, { ...trip, release }).catch((error: unknown) =>
      opened.alarm?.(`The stop of ${trip.id} could not be engaged; its breaker holds: ${String(error)}`),
    );
  }
}
