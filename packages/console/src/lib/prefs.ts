import { useSyncExternalStore } from 'react';

/** What a person set for this browser. Kept here and nowhere else: it says how things look, never what may be done. */
const starts = {
  theme: 'system' as 'system' | 'light' | 'dark',
  /** Letter keys without a modifier can be switched off (WCAG 2.1.4). */
  letterKeys: true,
  utc: false,
  /** Hidden columns by table. */
  hiddenColumns: {} as Readonly<Record<string, readonly string[]>>,
  /** Step of the tour that is shown: 0 before it begins, -1 once it was closed. */
  tourStep: 0,
};
export type Prefs = typeof starts;

const key = (name: string) => `trapkey.${name}`;
const listeners = new Set<() => void>();
let current: Prefs = load();

function load(): Prefs {
  const kept = Object.keys(starts).map((name) => {
    const fallback = starts[name as keyof Prefs];
    try {
      const text = localStorage.getItem(key(name));
      if (text === null) return [name, fallback];
      return [name, typeof fallback === 'string' ? text : JSON.parse(text)];
    } catch {
      return [name, fallback];
    }
  });
  return Object.fromEntries(kept) as Prefs;
}

/** Sets one, for every tab of this browser. */
export function setPref<K extends keyof Prefs>(name: K, value: Prefs[K]): void {
  current = { ...current, [name]: value };
  try {
    localStorage.setItem(key(name), typeof value === 'string' ? value : JSON.stringify(value));
  } catch {
    // No storage: it holds for this tab.
  }
  for (const listener of listeners) listener();
}

/** One preference, now; for code that is no component. */
export function pref<K extends keyof Prefs>(name: K): Prefs[K] {
  return current[name];
}

/** One preference, followed. */
export function usePref<K extends keyof Prefs>(name: K): Prefs[K] {
  return useSyncExternalStore(subscribe, () => current[name]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const elsewhere = ({ key: changed }: StorageEvent) => {
    if (changed?.startsWith('trapkey.') !== true) return;
    current = load();
    listener();
  };
  addEventListener('storage', elsewhere);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', elsewhere);
  };
}
