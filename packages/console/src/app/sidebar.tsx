import { Dialog } from '@base-ui/react/dialog';
import { Link } from '@tanstack/react-router';
import { Keyboard, Search } from 'lucide-react';
import type { Screen } from '../lib/screen.ts';
import { useSession } from '../lib/session.ts';
import { Keys } from '../ui/kbd.tsx';
import { Account } from './account.tsx';
import { screens } from './routes.ts';

const groups: readonly (readonly [Screen['group'], string])[] = [
  ['now', 'Now'],
  ['what exists', 'What exists'],
  ['rules', 'Rules'],
  ['evidence', 'Evidence'],
  ['you', 'You'],
];

interface SidebarProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onPalette: () => void;
  readonly onKeys: () => void;
}

/** Where one can go: beside the screen where there is room, over it on a phone. */
export function Sidebar({ open, onClose, onPalette, onKeys }: SidebarProps) {
  return (
    <>
      <aside className="sticky top-0 hidden h-dvh w-56 shrink-0 flex-col border-r border-line bg-sunken md:flex">
        <Inside onPalette={onPalette} onKeys={onKeys} onGo={() => undefined} />
      </aside>
      <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
        <Dialog.Portal>
          <Dialog.Backdrop className="appears fixed inset-0 z-40 bg-shade" />
          <Dialog.Popup className="appears fixed inset-y-0 left-0 z-40 flex w-64 flex-col border-r border-line bg-sunken text-ink shadow-float">
            <Dialog.Title className="sr-only">Menu</Dialog.Title>
            <Inside onPalette={onPalette} onKeys={onKeys} onGo={onClose} />
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </>
  );
}

function Inside({ onPalette, onKeys, onGo }: { readonly onPalette: () => void; readonly onKeys: () => void; readonly onGo: () => void }) {
  const { roles, organization } = useSession();
  const mine = screens.filter((screen) => screen.roles === undefined || screen.roles.some((role) => roles.includes(role)));
  return (
    <>
      <Link to="/" onClick={onGo} className="flex h-14 items-center gap-2.5 px-4">
        <img src="/console/mark.svg" alt="" width={24} height={24} />
        <span className="min-w-0 leading-tight">
          <span className="block text-base font-semibold tracking-tight">Trapkey</span>
          <span className="block truncate text-xs text-faint">{organization}</span>
        </span>
      </Link>
      <button
        type="button"
        onClick={onPalette}
        className="mx-3 mb-2 flex h-8 items-center gap-2 rounded-md border border-line-strong bg-surface px-2 text-sm text-faint shadow-lift hover:text-ink"
      >
        <Search aria-hidden size={14} /> <span className="flex-1 text-left">Go to…</span> <Keys keys="mod+k" />
      </button>
      <nav aria-label="Main" className="min-h-0 flex-1 overflow-y-auto px-3 pb-3">
        {groups.map(([group, word]) => {
          const listed = mine.filter((screen) => screen.group === group);
          if (listed.length === 0) return null;
          return (
            <div key={group} className="mt-3">
              <h2 className="px-2 pb-1 text-xs font-medium text-faint">{word}</h2>
              <ul>
                {listed.map((screen) => (
                  <Item key={screen.id} screen={screen} onGo={onGo} />
                ))}
              </ul>
            </div>
          );
        })}
      </nav>
      <div className="flex items-center gap-1 border-t border-line p-2">
        <Account />
        <button
          type="button"
          onClick={onKeys}
          aria-label="Keys"
          title="Keys (?)"
          className="inline-flex size-8 items-center justify-center rounded-md text-faint hover:bg-hover hover:text-ink"
        >
          <Keyboard aria-hidden size={16} />
        </button>
      </div>
    </>
  );
}

function Item({ screen: { title, icon: Icon, pages }, onGo }: { readonly screen: Screen; readonly onGo: () => void }) {
  const [{ path }] = pages;
  return (
    <li>
      <Link
        to={`/${path}`}
        onClick={onGo}
        activeOptions={{ exact: path === '' }}
        activeProps={{ 'aria-current': 'page', className: 'bg-surface text-ink font-medium shadow-lift' }}
        inactiveProps={{ className: 'text-soft hover:bg-hover hover:text-ink' }}
        className="flex h-8 items-center gap-2.5 rounded-md px-2 text-sm"
      >
        <Icon aria-hidden size={16} className="shrink-0" /> <span className="truncate">{title}</span>
      </Link>
    </li>
  );
}
