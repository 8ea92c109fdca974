import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import { Refused } from '../lib/api.ts';
import { onSignedIn } from '../lib/came-back.ts';
import { useSession } from '../lib/session.ts';
import { hasPasskeys, proveByCode, proveByPasskey, provedElsewhere } from '../lib/step-up.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TextField } from './field.tsx';

/**
 * For what a session alone is not enough for: `guarded` does it, and where the server wants a credential shown first, asks for
 * one and does it again. It gives undefined where the person leaves instead.
 */
export function useStepUp(): { readonly guarded: <T>(act: () => Promise<T>) => Promise<T | undefined>; readonly dialog: ReactNode } {
  const [open, setOpen] = useState(false);
  const answer = useRef<(proved: boolean) => void>(() => {});
  const end = (proved: boolean) => {
    setOpen(false);
    answer.current(proved);
  };
  return {
    async guarded(act) {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== 'step_up_needed') throw error;
        const proved = await new Promise<boolean>((resolve) => {
          answer.current = resolve;
          setOpen(true);
        });
        return proved ? await act() : undefined;
      }
    },
    dialog: open && <Prove onProved={() => end(true)} onLeave={() => end(false)} />,
  };
}

function Prove({ onProved, onLeave }: { readonly onProved: () => void; readonly onLeave: () => void }) {
  const { person, provider } = useSession();
  const queries = useQueryClient();
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const prove = async (how: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await how();
      void queries.invalidateQueries({ queryKey: ['/api/session'] });
      onProved();
    } catch (error) {
      setProblem(error instanceof DOMException ? 'The browser gave no passkey. Try again, or use your code.' : (error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  const look = useEffectEvent(() => {
    provedElsewhere(person).then(
      (proved) => proved && onProved(),
      (error: Error) => setProblem(error.message),
    );
  });
  useEffect(() => (provider === null ? undefined : onSignedIn(() => look())), [provider]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // To React the form that asked is around this one, wherever the dialog stands: it must not be sent again.
    event.stopPropagation();
    void prove(() => proveByCode(code));
  };
  return (
    <Dialog
      open
      onClose={onLeave}
      title="Show that it is you"
      says={`This needs a credential that ${person} showed within the last minutes.`}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label="Your code"
          type="password"
          autoComplete="current-password"
          required
          maxLength={200}
          value={code}
          onChange={({ target }) => setCode(target.value)}
          problem={problem}
        />
        <div className="flex flex-wrap justify-end gap-2">
          {provider !== null && (
            <a
              // In a tab of its own: what was typed here is not lost, and is sent once the person is back.
              href="/sign-in/oidc?again=yes&to=%2Fconsole%2Fback"
              target="_blank"
              rel="noopener"
              className="inline-flex h-8 items-center rounded-md border border-line-strong px-3 text-sm font-medium hover:bg-hover"
            >
              Sign in again at {provider}
            </a>
          )}
          {hasPasskeys() && (
            <Button busy={busy} onClick={() => void prove(proveByPasskey)}>
              Use a passkey
            </Button>
          )}
          <Button look="primary" type="submit" busy={busy}>
            Go on
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
