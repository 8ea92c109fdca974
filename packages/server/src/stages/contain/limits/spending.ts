import type { Charge } from '../../../kernel/limit-rules.ts';
import type { SettleSpend, Spend } from '../../../kernel/limits.ts';
import { type Party, rulesFor, scopeOf } from './charges.ts';
import { count, followAll } from './door.ts';
import type { Followed } from './following.ts';
import type { Opened } from './parts.ts';

/**
 * Counts what models cost, as telemetry tells it afterwards. What was in flight when a limit was passed is over it: that
 * much, and no more, because every call after it is refused.
 */
export function settleSpendWith(opened: Opened, refresh: () => Promise<void>): SettleSpend {
  return (spends, claim) => settle(opened, spends, claim, refresh);
}

async function settle(
  opened: Opened,
  spends: readonly Spend[],
  claim: Parameters<SettleSpend>[1],
  refresh: () => Promise<void>,
): Promise<void> {
  const counted = summed(opened, spends);
  if (counted.length === 0 && !claim) return;
  let trips: readonly Followed[] = [];
  await opened.recorder.commit({
    entries: [],
    steps: async (tx) => {
      trips = [];
      if (claim && !(await claim(tx))) return { ok: false, conflict: 'counted by another process' };
      const all: Followed[] = [];
      const entries = [];
      for (const { charge, spend } of counted) {
        const met = { person: spend.person, run: spend.run, release: spend.release, plugin: spend.release.split('@')[0] };
        const said = await count(opened, tx, [charge], met);
        all.push(...said.trips);
        entries.push(...said.entries);
      }
      trips = all;
      return { ok: true, entries, ...(all.length === 0 && { quiet: true as const }) };
    },
  });
  for (const { trip } of trips) if (trip) opened.added(trip);
  if (trips.length > 0) await followAll(opened, trips, refresh);
}

/** One charge for each counter, however many events it comes from. */
function summed(opened: Opened, spends: readonly Spend[]): readonly { readonly charge: Charge; readonly spend: Spend }[] {
  const index = opened.policy().limits;
  if (!index) return [];
  const sums = new Map<string, { charge: Charge; spend: Spend }>();
  for (const spend of spends) {
    const party = partyOfSpend(spend);
    for (const rule of rulesFor(index, party, undefined)) {
      const units = rule.measure === 'spend_usd' ? spend.usdMicroUnits : rule.measure === 'tokens' ? spend.tokens : 0;
      if (!(Number.isSafeInteger(units) && units > 0)) continue;
      const at = scopeOf(rule, party);
      const sum = sums.get(at.scope)?.charge.units ?? 0;
      sums.set(at.scope, { charge: { rule, ...at, key: at.scope, units: sum + units }, spend });
    }
  }
  return [...sums.values()];
}

function partyOfSpend({ run, person, release, profile, proved = false }: Spend): Party {
  const at = release.indexOf('@');
  return {
    person,
    plugin: { id: release.slice(0, at), version: release.slice(at + 1) },
    profile: profile === undefined ? undefined : { id: profile },
    run: { id: run },
    proved,
  };
}
