import type { RecordPage } from '@trapkey/contract/api/record.ts';
import { openRequests } from './access/requests/act.ts';
import { ownerOf } from './access/requests/owner.ts';
import { openTokens } from './access/tokens/act.ts';
import { openLooking } from './effects/record/desk/looking.ts';
import { openRecordReader } from './effects/record/read.ts';
import type { Approvals } from './kernel/approvals.ts';
import type { Limits } from './kernel/limits.ts';
import type { Rehearsals } from './kernel/rehearsal.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { Stops } from './kernel/stops.ts';
import { clientPage, peopleIn } from './overview/clients/clients.ts';
import { readSeen } from './overview/clients/read.ts';
import { mineOf } from './overview/mine/mine.ts';
import type { OverviewDoors } from './overview/routes.ts';
import { compileBounds } from './policy/cel/bounds.ts';
import { openRulePlaces } from './policy/place/read.ts';
import { openRunLists } from './runs/lists/read.ts';
import { scopeText } from './stages/contain/covers.ts';
import { openGrantDesk } from './stages/gate/grants/act.ts';
import { listed } from './stages/gate/screens/detail.ts';
import { standingOf } from './stages/gate/screens/standing.ts';
import type { Store } from './wire.ts';
import { tellOver } from './wire-messages.ts';

const seenMs = 30 * 86_400_000;
const rehearsalsMax = 10;
/** Calls that names of clients are read from. */
const namedMax = 2_000;
const namesKeptMs = 10_000;

/** What concerns one person, over one store. */
export function mineOver(parts: {
  readonly store: Store;
  readonly policy: () => PolicySet;
  readonly approvals: Approvals;
  readonly limits: Limits;
  readonly stops: Stops;
}): OverviewDoors['mine'] {
  const { store, policy, approvals, limits, stops } = parts;
  const { database, recorder, clock, keys, payloads } = store;
  const looking = openLooking({ reader: openRecordReader({ database }), clock });
  const places = openRulePlaces(database);
  return async (who, atMs) =>
    await mineOf(
      {
        ...{ approvals, limits, stops, scopeText },
        runs: openRunLists({ database }),
        requests: openRequests({ database, recorder, clock, policy, tell: tellOver(store, { current: policy }) }),
        grants: openGrantDesk({ database, recorder, clock, policy, compileBounds, unseal: payloads.unseal }),
        tokens: openTokens({ database, recorder, keys, clock, policy }),
        ownerOf: (rule) => ownerOf(rule, policy()),
        places,
        listed: ({ ticket, eligible }) => listed(ticket, standingOf(policy(), ticket, who), eligible),
        async record(query, max) {
          const { entries, next } = await looking.page(query, { max });
          return { entries: entries as never, more: next !== null };
        },
      },
      who,
      atMs,
    );
}

/** Which clients people have, and what is seen of them. */
export function clientsOver(store: Store, rehearsals: Pick<Rehearsals, 'list'>): OverviewDoors['clients'] {
  const { database, clock } = store;
  const looking = openLooking({ reader: openRecordReader({ database }), clock });
  let known: { readonly atMs: number; readonly clients: ReadonlyMap<string, readonly string[]> } | undefined;
  return async (of, only, atMs) => {
    if (!known || atMs - known.atMs > namesKeptMs)
      known = { atMs, clients: clientsIn((await looking.page('kind:requested', { max: namedMax })).entries) };
    const [seen, tried] = await Promise.all([readSeen(database, atMs - seenMs, atMs), rehearsals.list(rehearsalsMax)]);
    const people = peopleIn(seen, known.clients);
    return clientPage(only === undefined ? people : people.filter(({ person }) => person === only), of, tried);
  };
}

/** What clients call themselves, by person. */
function clientsIn(entries: RecordPage['entries']): ReadonlyMap<string, readonly string[]> {
  const clients = new Map<string, Set<string>>();
  for (const { on_behalf_of: person, actor } of entries)
    if (person !== undefined && actor !== undefined) clients.set(person, (clients.get(person) ?? new Set<string>()).add(actor));
  return new Map([...clients].map(([person, names]) => [person, [...names].slice(0, 10)]));
}
