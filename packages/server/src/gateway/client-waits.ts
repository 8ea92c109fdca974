import { type ClientWaits, unknownWaitMaxMs } from '../kernel/client-waits.ts';

/** The time for this client: what was set before what was measured, the exact name before its family, the rest last. */
export function waitMsOf(client: string, tables: readonly ClientWaits[]): number {
  const name = client.toLowerCase();
  for (const exact of [true, false]) {
    for (const table of tables) {
      const found = Object.entries(table).find(([key]) => (exact ? key.toLowerCase() === name : isFamilyOf(key.toLowerCase(), name)));
      if (found) return found[1];
    }
  }
  const rest = tables.find((table) => table['*'] !== undefined)?.['*'] ?? 0;
  return Math.min(rest, unknownWaitMaxMs);
}

function isFamilyOf(key: string, name: string): boolean {
  return key.length > 1 && key.endsWith('*') && name.startsWith(key.slice(0, -1));
}
