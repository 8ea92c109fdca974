import { useQueryClient } from '@tanstack/react-query';
import { session } from '@trapkey/contract/api/session.ts';
import { LogIn } from 'lucide-react';
import { useEffect, useEffectEvent } from 'react';
import { get, keepToken } from '../lib/api.ts';
import { onSignedIn } from '../lib/came-back.ts';
import { useKeys } from '../lib/keys.ts';
import { useSession } from '../lib/session.ts';
import { isIn, toSignIn } from '../lib/signed-out.ts';
import { Button } from '../ui/button.tsx';

/** Covers a page whose session ended: nothing on it can be read, and what was typed there is kept for the same person. */
export function SignedOut() {
  const { person } = useSession();
  const queries = useQueryClient();
  const look = useEffectEvent(async () => {
    const now = await get('/api/session', session).catch(() => undefined);
    if (!now) return;
    keepToken(now.csrf);
    isIn(now.person);
    void queries.invalidateQueries({ predicate: ({ meta }) => meta?.['whenNew'] !== 'never' });
  });
  useEffect(() => onSignedIn(() => void look()), []);
  useKeys([], { modal: true });
  return (
    <div
      role="alertdialog"
      aria-modal="true"
      aria-labelledby="signed-out"
      className="fixed inset-0 z-50 flex flex-col items-center justify-center gap-3 bg-canvas p-6 text-center text-ink"
    >
      <h2 id="signed-out" className="text-xl">
        You are signed out
      </h2>
      <p className="max-w-md text-soft">What you typed is still here. Sign in again as {person} in another tab, and go on.</p>
      <div className="mt-2 flex flex-wrap justify-center gap-2">
        <a
          // biome-ignore lint/a11y/noAutofocus: all else is covered
          autoFocus
          href="/sign-in?to=%2Fconsole%2Fback"
          target="_blank"
          rel="noopener"
          className="inline-flex h-10 items-center gap-2 rounded-md bg-solid px-4 font-medium text-on-solid hover:bg-solid-strong"
        >
          <LogIn aria-hidden size={16} /> Sign in
        </a>
        <Button size="lg" onClick={toSignIn}>
          Leave it, and sign in here
        </Button>
      </div>
    </div>
  );
}
