import { Menu, Search } from 'lucide-react';
import { IconButton } from '../ui/button.tsx';

/** On a phone: the way to the menu and to everything else. */
export function TopBar({ onMenu, onPalette }: { readonly onMenu: () => void; readonly onPalette: () => void }) {
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b border-line bg-surface px-2 md:hidden">
      <IconButton label="Menu" onClick={onMenu} className="size-11">
        <Menu aria-hidden size={20} />
      </IconButton>
      <span className="flex-1 text-base font-semibold">Trapkey</span>
      <IconButton label="Go to…" onClick={onPalette} className="size-11">
        <Search aria-hidden size={18} />
      </IconButton>
    </header>
  );
}
