import { setTimeout as pause } from 'node:timers/promises';
import type { Facts } from '../../../kernel/facts.ts';
import type { Charge, LimitRule } from '../../../kernel/limit-rules.ts';
import type { LimitDoor } from '../../../kernel/limits.ts';
import type { StepResult, Tx } from '../../../kernel/recorder.ts';
import { partyOf, rulesFor, scopeOf } from './charges.ts';
import { type Followed, follow } from './following.ts';
import type { Opened } from './parts.ts';
import { reserveWith, settleBlocks } from './reserving.ts';
import { counterIn, insertRefusal, writeCounter } from './store.ts';
import { observed, type Pocket } from './take.ts';
import { type Met, pauseMs, tripIn } from './tripping.ts';
import { add, settledAt, usedOf } from './window.ts';
import { limitRuling } from './within.ts';
import { reachedSays } from './words.ts';

/** What did not happen after all comes back; that somebody tried stays counted. */
const givenBack: ReadonlySet<LimitRule['measure']> = new Set(['people', 'records', 'amount', 'writes', 'sends']);
/** Refusals of limits and stops are not counted: they follow from what was counted already. */
const notCounted: ReadonlySet<string> = new Set(['limit_reached', 'stopped', 'frozen', 'record_unavailable']);

/** What the frame asks of limits. */
export function limitDoor(opened: Opened, refresh: () => Promise<void>): LimitDoor {
  const { holder, clock, raise } = opened;
  return {
    reserve: ({ within }) => reserveWith(holder, within.charges, opened.seen),
    refuse(reached, facts) {
      const met = metBy(facts);
      const ruling = limitRuling(reachedSays(reached), reached.charge.rule);
      let followed: Followed | undefined;
      return {
        ruling,
        async steps(tx) {
          followed = undefined;
          if (!reached.trips) return { ok: true, quiet: true };
          const { trip, fresh, entries } = await tripIn(tx, reached, met, { atMs: clock(), raise });
          followed = { trip, charge: reached.charge, met, fresh };
          return { ok: true, entries };
        },
        async after() {
          if (followed?.fresh && followed.trip) opened.added(followed.trip);
          const request = await follow(opened, followed ?? { charge: reached.charge, met, trip: undefined, fresh: false }, ruling.says);
          if (followed) await refresh();
          return request === undefined
            ? ruling
            : { ...ruling, says: `${ruling.says}. Request ${request} asks ${ruling.owner} to raise it` };
        },
      };
    },
    denied(known, ruling) {
      const row = opened.refusals.rowOf(known, ruling);
      const charges = ruling.verdict === 'deny' && !notCounted.has(ruling.code) ? refusalCharges(opened, known) : [];
      if (!row && charges.length === 0) return undefined;
      return async (tx) => {
        if (row) await insertRefusal(tx, row);
        const said = await count(opened, tx, charges, metBy(known));
        if (row && row.ticket === null) opened.refusals.add(row);
        for (const { trip } of said.trips) if (trip) opened.added(trip);
        if (said.trips.length > 0) setImmediate(() => void followAll(opened, said.trips, refresh));
        return { ok: true, entries: said.entries, ...(!row && said.trips.length === 0 && { quiet: true as const }) };
      };
    },
    settle({ within }, came) {
      const nowMs = clock();
      const overdrawn: Charge[] = [];
      for (const charge of within.charges) {
        const late = came.outcome === 'failed' && givenBack.has(charge.rule.measure) ? charge.units : 0;
        const seen = charge.rule.measure === 'bytes' ? came.bytes : charge.rule.measure === 'rows_read' ? came.rows : undefined;
        const units = observed(charge) ? -(seen ?? 0) : late;
        if (units !== 0 && holder.pockets.put(charge, units, nowMs)) overdrawn.push(charge);
      }
      return overdrawn.length === 0 ? undefined : (tx) => settleOverdrawn(opened, tx, overdrawn);
    },
    pause: () => pause(pauseMs()),
  };
}

/** More came than the block held: counted in the transaction of the answer, so that no crash forgets it. */
async function settleOverdrawn({ holder }: Opened, tx: Tx, charges: readonly Charge[]): Promise<StepResult> {
  const blocks = charges.map(({ key }) => holder.pockets.detach(key)).filter((pocket): pocket is Pocket => pocket !== undefined);
  await settleBlocks(tx, holder, blocks);
  return { ok: true, quiet: true };
}

/** Counts what already happened, and trips what that passes. */
export async function count(
  { holder, clock, raise }: Opened,
  tx: Tx,
  charges: readonly Charge[],
  met: Met,
): Promise<{ readonly trips: readonly Followed[]; readonly entries: NonNullable<Extract<StepResult, { ok: true }>['entries']> }> {
  const atMs = clock();
  const trips: Followed[] = [];
  const entries = [];
  for (const charge of charges) {
    const counter = add(
      settledAt(await counterIn(tx, charge.key), charge.windowMs, atMs, holder.node),
      charge.windowMs,
      atMs,
      charge.units,
    );
    await writeCounter(tx, charge, counter, atMs);
    const used = usedOf(counter);
    if (used < charge.rule.max || charge.rule.mode !== 'enforce') continue;
    const tripped = await tripIn(tx, { charge, used, lost: counter.lost }, met, { atMs, raise });
    if (tripped.fresh) trips.push({ trip: tripped.trip, charge, met, fresh: true });
    entries.push(...tripped.entries);
  }
  return { trips, entries };
}

/** After the commit: the stops of what tripped. */
export async function followAll(opened: Opened, trips: readonly Followed[], refresh: () => Promise<void>): Promise<void> {
  for (const one of trips) await follow(opened, one, undefined);
  await refresh();
}

function refusalCharges({ policy }: Opened, { call, subject }: Partial<Facts> & Pick<Facts, 'call'>): readonly Charge[] {
  const index = policy().limits;
  if (!index || !subject) return [];
  const party = partyOf({ call, subject });
  return rulesFor(index, party, call.name)
    .filter(({ measure }) => measure === 'refusals')
    .map((rule) => {
      const at = scopeOf(rule, party);
      return { rule, ...at, key: at.scope, units: 1 };
    });
}

function metBy({ call, subject }: Partial<Facts> & Pick<Facts, 'call'>): Met {
  return {
    call: call.id,
    plugin: call.endpoint.plugin,
    connector: call.endpoint.connector,
    ...(subject && { person: subject.person, run: subject.run.id, release: `${subject.plugin.id}@${subject.plugin.version}` }),
  };
}
