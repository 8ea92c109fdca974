import type { Entry } from '@trapkey/contract/entry.ts';
import type { Signal } from '../../kernel/alerts.ts';
import { hourMs } from './hourly-read.ts';
import type { ObserveReader } from './read.ts';

const windowMs = 30 * 24 * hourMs;
const peopleMin = 100;
const timesUsual = 3;

/**
 * Tools whose sends reached more people in an hour than three times their largest hour of thirty days, and more than a
 * hundred. One bounded question for each tool that sent, of which a policy has few.
 */
export async function sendSignals(entries: readonly Entry[], reader: ObserveReader): Promise<readonly Signal[]> {
  const sent = entries.filter(({ kind, effect, reach }) => kind === 'executed' && effect === 'send' && typeof reach === 'number');
  const byTool = Map.groupBy(sent, ({ connector, tool }) => JSON.stringify([connector, tool]));
  const signals: Signal[] = [];
  for (const of of byTool.values()) {
    const newest = of.at(-1) as Entry;
    const { connector = '', tool = '', plugin } = newest;
    const atMs = Date.parse(newest.timestamp);
    const hour = Math.floor(atMs / hourMs);
    const reached = async (sinceMs: number) => await reader.hourlyReach(connector, tool, sinceMs, atMs);
    // Most hours are small, and then nobody needs to know what is usual.
    const now = (await reached(hour * hourMs - 1)).get(hour) ?? 0;
    if (now <= peopleMin) continue;
    const hours = await reached(atMs - windowMs);
    const before = Math.max(0, ...[...hours].filter(([one]) => one < hour).map(([, reach]) => reach));
    if (now <= Math.max(peopleMin, before * timesUsual)) continue;
    signals.push({
      ...{ kind: 'many_sends', scope: `tool:${connector}.${tool}`, connector, count: of.length, atMs },
      ...(plugin !== undefined && { plugin: plugin.split('@')[0] ?? plugin }),
      says: `${connector}.${tool} reached ${count(now)} within this hour; the largest hour of the last 30 days reached ${count(before)}. Each of these sends was allowed. If that is not meant, stop it.`,
      facts: [`Stop it: trapkey stop connector ${connector} --reason "…"`],
      ...(newest.call !== undefined && { call: newest.call }),
    });
  }
  return signals;
}

const number = new Intl.NumberFormat('en-US');
function count(many: number): string {
  return `${number.format(many)} ${many === 1 ? 'person' : 'people'}`;
}
