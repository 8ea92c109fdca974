import type { Entry } from '@trapkey/contract/entry.ts';
import type { ReadBy, WhoRead } from '../../kernel/record-house.ts';

/** Entries that one question looks at; beyond them it says that there is more. */
const entriesMax = 200_000;
const pageEntries = 500;

/** Everybody whose agents got an answer of a connector in a time, run by run; who read most recently first. */
export async function whoRead(
  list: (before: number | undefined, limit: number) => Promise<{ readonly entries: readonly Entry[]; readonly next: number | undefined }>,
): Promise<WhoRead> {
  const runs = new Map<string, ReadBy>();
  let calls = 0;
  let seen = 0;
  let next: number | undefined;
  do {
    const page = await list(next, pageEntries);
    for (const entry of page.entries) {
      // Withheld or failed: nothing of the connector's was shown.
      if (entry.kind !== 'executed' || entry.outcome !== 'done') continue;
      calls++;
      add(runs, entry);
    }
    seen += page.entries.length;
    next = page.next;
  } while (next !== undefined && seen < entriesMax);
  return { runs: [...runs.values()], calls, more: next !== undefined };
}

function add(runs: Map<string, ReadBy>, { run = '', on_behalf_of: person = '', plugin = '', timestamp, tool, result, call }: Entry): void {
  const key = JSON.stringify([run, person]);
  const known = runs.get(key);
  const tools = [...new Set([...(known?.tools ?? []), ...(tool === undefined ? [] : [tool])])].slice(0, 50);
  runs.set(key, {
    person,
    run,
    plugin,
    calls: (known?.calls ?? 0) + 1,
    rows: (known?.rows ?? 0) + (result?.rows ?? 0),
    tools,
    // Entries come newest first.
    first: timestamp,
    last: known?.last ?? timestamp,
    call: known?.call ?? call ?? '',
  });
}
