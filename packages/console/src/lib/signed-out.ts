import { useSyncExternalStore } from 'react';

let who: string | undefined;
let out = false;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  out = next;
  for (const listener of listeners) listener();
}

/** Somebody is signed in on this page. What is shown of one person, and what they typed, is not for another: then it is loaded anew. */
export function isIn(person: string): void {
  if (who !== undefined && who !== person) {
    location.reload();
    return;
  }
  who = person;
  if (out) set(false);
}

/** The server knows nobody any more. A page that was in use stays, because of what somebody typed on it; a new one leads to the sign-in. */
export function isOut(): void {
  if (who !== undefined) set(true);
  else toSignIn();
}

/** Leads to the sign-in and back here. */
export function toSignIn(): void {
  const to = location.pathname + location.search;
  location.assign(`/sign-in?to=${encodeURIComponent(to)}`);
}

/** Whether the session ended under the page. */
export function useIsOut(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => out,
  );
}
