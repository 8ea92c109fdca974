import { emptyMemory, type Memory } from './memory.ts';

/** How much is kept for all people together; who was looked at least recently is dropped, and read again when next asked about. */
export interface MemoriesLimits {
  readonly peopleMax: number;
  readonly wordsMax: number;
}

const usual: MemoriesLimits = { peopleMax: 2_000, wordsMax: 16_000_000 };

/** The memories of many people. */
export interface Memories {
  /** A person's memory, empty where there is none. */
  of(person: string): Memory;
  /** An empty one in the place of what there was. */
  anew(person: string): Memory;
  /** Changes a memory that `of` gave, and keeps all of them within bounds. */
  change(person: string, memory: Memory, work: () => void): void;
}

/** Opens them, empty. */
export function openMemories(limits: MemoriesLimits = usual): Memories {
  const memories = new Map<string, Memory>();
  let words = 0;
  const trim = (): void => {
    for (const [person, memory] of memories) {
      // The latest stays, however much it holds: its own limit is below that of all.
      if (memories.size <= 1 || (memories.size <= limits.peopleMax && words <= limits.wordsMax)) return;
      memories.delete(person);
      words -= memory.words;
    }
  };
  const put = (person: string, memory: Memory): Memory => {
    memories.delete(person);
    memories.set(person, memory);
    trim();
    return memory;
  };
  return {
    of: (person) => put(person, memories.get(person) ?? emptyMemory()),
    anew(person) {
      words -= memories.get(person)?.words ?? 0;
      return put(person, emptyMemory());
    },
    change(person, memory, work) {
      const before = memory.words;
      work();
      // One that was dropped meanwhile counts no more; whoever holds it may still finish with it.
      if (memories.get(person) !== memory) return;
      words += memory.words - before;
      trim();
    },
  };
}
