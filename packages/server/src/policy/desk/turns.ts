import { HttpRefusal } from '../../kernel/http.ts';

/** Work that costs seconds: each person has one of it under way, and the next is refused in words. */
export function oneAtATime(): <T>(person: string, work: () => Promise<T>) => Promise<T> {
  const busy = new Set<string>();
  return async (person, work) => {
    if (busy.has(person))
      throw new HttpRefusal(
        429,
        'busy',
        'A check or replay that you asked for is still under way, so this one was not begun.',
        'Send it again when that one is done.',
      );
    busy.add(person);
    try {
      return await work();
    } finally {
      busy.delete(person);
    }
  };
}
