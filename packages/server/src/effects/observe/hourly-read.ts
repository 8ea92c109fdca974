import { sql } from 'kysely';
import type { AlertDatabase } from './store.ts';

export const hourMs = 3_600_000;
const toolsMax = 1_000;

interface Closed {
  readonly fromHour: number;
  /** The hours before this one are in `reach`, and change no more. */
  readonly toHour: number;
  readonly reach: ReadonlyMap<number, number>;
}

/**
 * How many a tool reached in each hour since. Hours that are over by more than one are kept in memory: of a month of sends
 * only the last hours are read again.
 */
export function hourlyReachOver({ read }: AlertDatabase) {
  const kept = new Map<string, Closed>();
  const summed = async (connector: string, tool: string, sinceMs: number): Promise<ReadonlyMap<number, number>> => {
    const rows = await read
      .selectFrom('ledger')
      .select([sql<number | string>`at_ms / ${sql.lit(hourMs)}`.as('hour'), ({ fn }) => fn.sum<number | string>('reach').as('reach')])
      .where('connector', '=', connector)
      .where('tool', '=', tool)
      .where('at_ms', '>', sinceMs)
      .where('reach', 'is not', null)
      .groupBy('hour')
      .execute();
    return new Map(rows.map(({ hour, reach }) => [Number(hour), Number(reach)]));
  };
  return async (connector: string, tool: string, sinceMs: number, nowMs: number): Promise<ReadonlyMap<number, number>> => {
    const key = JSON.stringify([connector, tool]);
    // Whole hours, so that what is kept is whole.
    const [fromHour, toHour] = [Math.floor(sinceMs / hourMs), Math.floor(nowMs / hourMs) - 1];
    if (fromHour >= toHour) return await summed(connector, tool, sinceMs);
    const known = kept.get(key);
    const usable = known && known.fromHour <= fromHour && known.toHour > fromHour ? known : undefined;
    const fresh = await summed(connector, tool, (usable?.toHour ?? fromHour) * hourMs - 1);
    const reach = new Map([...(usable?.reach ?? []), ...fresh]);
    for (const hour of reach.keys()) if (hour < fromHour) reach.delete(hour);
    if (kept.size >= toolsMax) kept.clear();
    kept.set(key, { fromHour, toHour, reach: new Map([...reach].filter(([hour]) => hour < toHour)) });
    return reach;
  };
}
