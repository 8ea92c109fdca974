import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { Suspense, useEffect, useState } from 'react';
import { copy } from '../lib/copy.ts';
import { useKeys } from '../lib/keys.ts';
import { followLive } from '../lib/live.ts';
import { isSignedOut, SessionContext, useSessionQuery } from '../lib/session.ts';
import { useIsOut } from '../lib/signed-out.ts';
import { Loading, Problem } from '../ui/states.tsx';
import { tell } from '../ui/toast.tsx';
import { ConnectionBanner } from './connection.tsx';
import { KeysHelp } from './keys-help.tsx';
import { Palette } from './palette.tsx';
import { screens } from './routes.ts';
import { Sidebar } from './sidebar.tsx';
import { SignedOut } from './signed-out.tsx';
import { TopBar } from './top-bar.tsx';
import { Tour } from './tour.tsx';

type Open = 'nothing' | 'palette' | 'keys' | 'menu';

/** What is around every screen: where one can go, who one is, whether what is shown is live. */
export function Shell() {
  const session = useSessionQuery();
  const [open, setOpen] = useState<Open>('nothing');
  const out = useIsOut();
  useGlobalKeys(setOpen);
  if (!session.data) {
    if (session.error && !isSignedOut(session.error)) {
      return (
        <main className="mx-auto max-w-lg p-8">
          <Problem error={session.error} onRetry={() => void session.refetch()} />
        </main>
      );
    }
    return <div className="min-h-dvh bg-canvas" />;
  }
  return (
    <SessionContext value={session.data}>
      <Following />
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-accent px-3 py-2 text-sm text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      <div inert={out} className="flex min-h-dvh flex-col bg-canvas text-ink md:flex-row">
        <Sidebar
          open={open === 'menu'}
          onClose={() => setOpen('nothing')}
          onPalette={() => setOpen('palette')}
          onKeys={() => setOpen('keys')}
        />
        <div className="flex min-w-0 flex-1 flex-col">
          <TopBar onMenu={() => setOpen('menu')} onPalette={() => setOpen('palette')} />
          <ConnectionBanner />
          <main id="main" tabIndex={-1} className="flex-1 outline-none">
            <Suspense
              fallback={
                <div className="mx-auto max-w-6xl p-8">
                  <Loading />
                </div>
              }
            >
              <Outlet />
            </Suspense>
          </main>
        </div>
      </div>
      <Palette open={open === 'palette'} onClose={() => setOpen('nothing')} onKeys={() => setOpen('keys')} />
      <Tour />
      {out && <SignedOut />}
      <KeysHelp open={open === 'keys'} onClose={() => setOpen('nothing')} />
    </SessionContext>
  );
}

/** Hears of what happens while somebody is signed in. */
function Following() {
  const queries = useQueryClient();
  useEffect(() => followLive(queries), [queries]);
  return null;
}

function useGlobalKeys(setOpen: (open: Open) => void): void {
  const navigate = useNavigate();
  const group = 'Everywhere';
  useKeys([
    { keys: 'mod+k', label: 'Go to anything', group, run: () => setOpen('palette') },
    {
      keys: 'y',
      label: 'Copy the link',
      group,
      run: () => void copy(location.href).then((done) => done && tell('The link is copied.')),
    },
    { keys: '.', label: 'What can be done here', group, run: () => setOpen('palette') },
    { keys: '?', label: 'Keys', group, run: () => setOpen('keys') },
    {
      keys: '/',
      label: 'Search this screen',
      group,
      run: () => {
        const search = document.querySelector<HTMLElement>('[data-search]');
        if (search) search.focus();
        else setOpen('palette');
      },
    },
    ...screens.flatMap(({ key, title, pages: [{ path }, ...more] }) => [
      ...(key === undefined ? [] : [{ keys: `g ${key}`, label: title, group: 'Go to', run: () => void navigate({ to: `/${path}` }) }]),
      ...more.flatMap((page) =>
        page.key === undefined
          ? []
          : [{ keys: page.key, label: page.title ?? title, group: 'Go to', run: () => void navigate({ to: `/${page.path}` }) }],
      ),
    ]),
    {
      keys: 'escape',
      label: 'Back',
      group,
      run: () =>
        history.length > 1 &&
        document.querySelector('[data-back]')?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true })),
    },
  ]);
}
