import type { PolicyNow } from '@trapkey/contract/api/policy.ts';
import { useCallback, useEffect, useMemo, useState } from 'react';

/** Texts by their file names, as they are sent. */
export type Texts = Readonly<Record<string, string>>;

/** What differs from what runs; null: the file is taken out. */
type Edits = Readonly<Record<string, string | null>>;

const storageKey = 'trapkey.policy-draft';

/** What somebody writes over what runs. It outlives a reload of this tab, and nothing else. */
export interface Draft {
  readonly texts: Texts;
  /** What runs. */
  readonly base: Texts;
  readonly changed: readonly string[];
  set(file: string, text: string): void;
  /** All of it at once: a set of the history. */
  replace(texts: Texts): void;
  discard(): void;
}

/** The draft over the running set; one that was begun over another set is kept, and compared with this one. */
export function useDraft(now: PolicyNow): Draft {
  const base = useMemo(() => textsOf(now.files), [now.files]);
  const [edits, setEdits] = useState<Edits>(kept);
  useEffect(() => {
    try {
      if (Object.keys(edits).length === 0) sessionStorage.removeItem(storageKey);
      else sessionStorage.setItem(storageKey, JSON.stringify(edits));
    } catch {
      // No storage: it holds until the page is left.
    }
  }, [edits]);
  const texts = useMemo(
    () => Object.fromEntries(Object.entries({ ...base, ...edits }).filter((one): one is [string, string] => one[1] !== null)),
    [base, edits],
  );
  const changed = useMemo(() => Object.keys({ ...base, ...texts }).filter((file) => texts[file] !== base[file]), [texts, base]);
  return {
    ...{ texts, base, changed },
    set: useCallback((file: string, text: string) => setEdits((all) => ({ ...all, [file]: text })), []),
    replace: useCallback(
      (next: Texts) => setEdits({ ...Object.fromEntries(Object.keys(base).map((file) => [file, null])), ...next }),
      [base],
    ),
    discard: useCallback(() => setEdits({}), []),
  };
}

function kept(): Edits {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '{}');
    return typeof read === 'object' && read !== null ? (read as Edits) : {};
  } catch {
    return {};
  }
}

/** Files by name. */
export function textsOf(files: readonly { readonly file: string; readonly text: string }[]): Texts {
  return Object.fromEntries(files.map(({ file, text }) => [file, text]));
}
