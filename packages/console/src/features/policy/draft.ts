import type { PolicyNow } from '@trapkey/contract/api/policy.ts';
import { useCallback, useEffect, useMemo, useState } from 'react';

/** Texts by their file names, as they are sent. */
export type Texts = Readonly<Record<string, string>>;

/** What differs from what runs, and over what it was begun; a file that is null is taken out. */
interface Edits {
  readonly over: string;
  readonly files: Readonly<Record<string, string | null>>;
}

const none: Edits = { over: '', files: {} };

const storageKey = 'trapkey.policy-draft';

/** What somebody writes over what runs. It outlives a reload of this tab, and nothing else. */
export interface Draft {
  readonly texts: Texts;
  /** What runs. */
  readonly base: Texts;
  readonly changed: readonly string[];
  /** Over what it was begun: `<digest>#<generation>`. */
  readonly over: string;
  /** Another policy runs by now: proposed as it is, the draft would take that back unseen. */
  readonly stale: boolean;
  set(file: string, text: string): void;
  /** Takes a file out, or back where it is new. */
  drop(file: string): void;
  /** The draft stands over what runs now, which whoever writes has seen. */
  goOn(): void;
  /** All of it at once: a set of the history. */
  replace(texts: Texts): void;
  discard(): void;
}

/** The draft over the running set; one that was begun over another set is kept, and says so. */
export function useDraft(now: PolicyNow): Draft {
  const base = useMemo(() => textsOf(now.files), [now.files]);
  const running = runningOf(now);
  const [{ over, files }, setEdits] = useState<Edits>(kept);
  useEffect(() => keep({ over, files }), [over, files]);
  const begun = Object.keys(files).length > 0;
  const texts = useMemo(
    () => Object.fromEntries(Object.entries({ ...base, ...files }).filter((one): one is [string, string] => one[1] !== null)),
    [base, files],
  );
  const changed = useMemo(() => Object.keys({ ...base, ...texts }).filter((file) => texts[file] !== base[file]), [texts, base]);
  const write = useCallback(
    (file: string, text: string | null) =>
      setEdits((all) => ({ over: Object.keys(all.files).length > 0 ? all.over : running, files: { ...all.files, [file]: text } })),
    [running],
  );
  return {
    ...{ texts, base, changed },
    over: begun ? over : running,
    stale: begun && changed.length > 0 && over !== running,
    set: write,
    drop: useCallback((file: string) => write(file, null), [write]),
    goOn: useCallback(() => setEdits((all) => ({ ...all, over: running })), [running]),
    replace: useCallback(
      (next: Texts) =>
        setEdits({ over: running, files: { ...Object.fromEntries(Object.keys(base).map((file) => [file, null])), ...next } }),
      [base, running],
    ),
    discard: useCallback(() => setEdits(none), []),
  };
}

/** What runs, as acts name it. */
export function runningOf({ running }: Pick<PolicyNow, 'running'>): string {
  return `${running.digest}#${running.generation}`;
}

function keep(edits: Edits): void {
  try {
    if (Object.keys(edits.files).length === 0) sessionStorage.removeItem(storageKey);
    else sessionStorage.setItem(storageKey, JSON.stringify(edits));
  } catch {
    // No storage: it holds until the page is left.
  }
}

function kept(): Edits {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null');
    return typeof read === 'object' && read !== null && 'over' in read && 'files' in read ? (read as Edits) : none;
  } catch {
    return none;
  }
}

/** Files by name; of a list that this person does not read there is no text. */
export function textsOf(files: PolicyNow['files']): Texts {
  return Object.fromEntries(files.flatMap(({ file, text }) => (text === null ? [] : [[file, text] as const])));
}
