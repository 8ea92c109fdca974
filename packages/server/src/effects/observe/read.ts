import type { Entry } from '@trapkey/contract/entry.ts';
import type { AlertDelivery } from '../../kernel/alerts.ts';
import { hourlyReachOver } from './hourly-read.ts';
import type { AlertDatabase } from './store.ts';

/** Reads of the record, and of the messages about it, what alerts are made of. */
export interface ObserveReader {
  /** Entries above `after` that may be signals, oldest first, and the last that was looked at. None is passed over. */
  newer(after: number, pulls: readonly string[]): Promise<{ readonly to: number; readonly entries: readonly Entry[] }>;
  /** People by their pseudonyms, as far as they are known. */
  names(pseudonyms: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** People reached by a tool, in each hour of a time. */
  hourlyReach(connector: string, tool: string, sinceMs: number, nowMs: number): Promise<ReadonlyMap<number, number>>;
  deliveries(alerts: readonly string[]): Promise<ReadonlyMap<string, readonly AlertDelivery[]>>;
}

const entriesMax = 5_000;
const deliveriesMax = 2_000;
/** As `messages` marks what nobody tries any more. */
const neverMs = 9_000_000_000_000_000;

/** Most of a record is calls that went well: the database leaves them out, so that nothing here has to parse them. */
export function openObserveReader({ read }: AlertDatabase): ObserveReader {
  return {
    async newer(after, pulls) {
      // Read first: entries are numbered in the order of their commits, so nothing appears below a committed head.
      const head = await read.selectFrom('tree').select('size').where('id', '=', 1).executeTakeFirst();
      const to = Math.min(Number(head?.size ?? 0) - 1, after + entriesMax);
      if (to <= after) return { to: after, entries: [] };
      const rows = await read
        .selectFrom('ledger')
        .select('bytes')
        .where('entry', '>', after)
        .where('entry', '<=', to)
        .where((eb) =>
          eb.or([
            eb.and([eb('kind', '=', 'decided'), eb('verdict', '=', 'deny')]),
            eb('kind', 'in', ['admin', 'closed', 'approved']),
            eb.and([
              eb('kind', '=', 'executed'),
              eb.or([
                eb('reach', 'is not', null),
                eb('bytes', 'like', '%"outcome":"unknown"%'),
                ...(pulls.length > 0 ? [eb('connector', 'in', pulls)] : []),
              ]),
            ]),
          ]),
        )
        .orderBy('entry')
        .execute();
      return { to, entries: rows.map(({ bytes }) => JSON.parse(bytes) as Entry) };
    },
    async names(pseudonyms) {
      if (pseudonyms.length === 0) return new Map();
      const rows = await read.selectFrom('names').select(['pseudonym', 'name']).where('pseudonym', 'in', pseudonyms).execute();
      return new Map(rows.map(({ pseudonym, name }) => [pseudonym, name]));
    },
    hourlyReach: hourlyReachOver({ read }),
    deliveries: (alerts) => deliveriesOf({ read }, alerts),
  };
}

async function deliveriesOf({ read }: AlertDatabase, alerts: readonly string[]): ReturnType<ObserveReader['deliveries']> {
  if (alerts.length === 0) return new Map();
  const rows = await read
    .selectFrom('outbox')
    .select(['about', 'channel', 'event', 'attempts', 'created_at_ms', 'delivered_at_ms', 'next_at_ms', 'error'])
    .where('about', 'in', alerts)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id')
    .limit(deliveriesMax)
    .execute();
  const seen = rows.map((row) => ({
    about: row.about ?? '',
    channel: row.channel,
    event: row.event,
    state:
      row.delivered_at_ms !== null
        ? ('delivered' as const)
        : Number(row.next_at_ms) === neverMs
          ? ('given_up' as const)
          : ('waiting' as const),
    attempts: Number(row.attempts),
    atMs: Number(row.delivered_at_ms ?? row.created_at_ms),
    error: row.error ?? undefined,
  }));
  return Map.groupBy(seen, ({ about }) => about);
}
