import type { Memories } from './memories.ts';
import { age, forgotten, type Memory, mark, memoryLimits, remember } from './memory.ts';
import { latestSeen, type SeenDatabase, type SeenSince, seenSince } from './store.ts';

/** Calls that came side by side are not looked at in the order of their moments: nothing is dropped that one of them may still ask for. */
const slackMs = 60_000;

/** A person's memory with everything that was committed before it is asked for, by whatever process. */
export type UpToDate = (person: string, nowMs: number) => Promise<Memory>;

/** Asks the database for what is new; whoever is not in memory is read once, however many ask. */
export function upToDate({ database, memories }: { readonly database: SeenDatabase; readonly memories: Memories }): UpToDate {
  const loading = new Map<string, Promise<Memory>>();
  const load = async (person: string, afterMs: number): Promise<Memory> => {
    const memory = memories.of(person);
    take(memories, person, memory, await latestSeen(database, { person, afterMs }));
    return memory;
  };
  const up = async (person: string, nowMs: number): Promise<Memory> => {
    const afterMs = nowMs - memoryLimits.windowMs;
    let memory = memories.of(person);
    // A clock that went back: what was dropped for its age counts again.
    if (memory.agedMs > afterMs) memory = memories.anew(person);
    const { upTo, seen: known } = memory;
    // Another process may have read for the same person a moment ago.
    const since = upTo === undefined ? undefined : await seenSince(database, { person, afterMs, upTo, known });
    if (since) take(memories, person, memory, since);
    else {
      const begun = loading.get(person);
      const again = () => up(person, nowMs);
      // What it read may be older than this call: from where it came to, it is asked again.
      if (begun) return await begun.then(again, again);
      const loaded = load(person, afterMs).finally(() => loading.delete(person));
      loading.set(person, loaded);
      memory = await loaded;
    }
    memories.change(person, memory, () => age(memory, nowMs - slackMs));
    return memory;
  };
  return up;
}

/** Adds what was read of the database. */
function take(memories: Memories, person: string, memory: Memory, { rows, upTo, left }: SeenSince): void {
  memories.change(person, memory, () => {
    for (const seen of rows) remember(memory, seen);
    if (left.outsiders) {
      forgotten(memory, left.outsiders);
      mark(memory, 'outsiders', left.outsiders);
    }
    if (left.sensitive) mark(memory, 'sensitive', left.sensitive);
    memory.upTo = Math.max(memory.upTo ?? 0, upTo);
  });
}
