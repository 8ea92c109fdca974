import { Menu } from '@base-ui/react/menu';
import { Check, ChevronsUpDown, LogOut, Settings } from 'lucide-react';
import type { ReactNode } from 'react';
import { setPref, usePref } from '../lib/prefs.ts';
import { useSession } from '../lib/session.ts';
import { setTheme } from '../lib/theme.ts';

const item = 'flex h-8 items-center gap-2 rounded-md px-2 text-sm outline-none data-highlighted:bg-hover';
const label = 'px-2 pt-2 pb-1 text-xs font-medium text-faint';

/** Who is signed in, how this browser shows things, and the way out. */
export function Account() {
  const { person, roles, version } = useSession();
  const [theme, utc, letters] = [usePref('theme'), usePref('utc'), usePref('letterKeys')];
  return (
    <Menu.Root>
      <Menu.Trigger className="flex min-w-0 flex-1 items-center gap-2 rounded-md px-2 py-1 text-left hover:bg-hover">
        <span
          aria-hidden
          className="inline-flex size-7 shrink-0 items-center justify-center rounded-full bg-note-ground text-xs font-semibold text-note"
        >
          {person.slice(0, 2).toUpperCase()}
        </span>
        <span className="min-w-0 flex-1 leading-tight">
          <span className="block truncate text-sm font-medium">{person}</span>
          <span className="block truncate text-xs text-faint">{roles.join(', ') || 'no role'}</span>
        </span>
        <ChevronsUpDown aria-hidden size={14} className="text-faint" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="top" align="start" sideOffset={6} className="z-50">
          <Menu.Popup className="appears w-60 rounded-lg border border-line bg-raised p-1 text-ink shadow-float outline-none">
            <Menu.Group>
              <Menu.GroupLabel className={label}>Theme</Menu.GroupLabel>
              <Menu.RadioGroup value={theme} onValueChange={(value) => setTheme(value as 'system' | 'light' | 'dark')}>
                <Radio value="system">As the system</Radio>
                <Radio value="light">Light</Radio>
                <Radio value="dark">Dark</Radio>
              </Menu.RadioGroup>
            </Menu.Group>
            <Menu.Separator className="my-1 h-px bg-line" />
            <Switch checked={utc} onChange={(value) => setPref('utc', value)}>
              Times in UTC
            </Switch>
            <Switch checked={letters} onChange={(value) => setPref('letterKeys', value)}>
              Single-letter keys
            </Switch>
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.LinkItem href="/account" className={item}>
              <Settings aria-hidden size={14} /> Passkeys and account
            </Menu.LinkItem>
            <Menu.Item className={item} onClick={signOut}>
              <LogOut aria-hidden size={14} /> Sign out
            </Menu.Item>
            <p className="px-2 pt-1.5 pb-1 text-xs text-faint">Trapkey {version}</p>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Radio({ value, children }: { readonly value: string; readonly children: ReactNode }) {
  return (
    <Menu.RadioItem value={value} closeOnClick={false} className={item}>
      <span className="inline-flex w-4">
        <Menu.RadioItemIndicator>
          <Check aria-hidden size={14} />
        </Menu.RadioItemIndicator>
      </span>
      {children}
    </Menu.RadioItem>
  );
}

function Switch({
  checked,
  onChange,
  children,
}: {
  readonly checked: boolean;
  readonly onChange: (value: boolean) => void;
  readonly children: ReactNode;
}) {
  return (
    <Menu.CheckboxItem checked={checked} onCheckedChange={onChange} closeOnClick={false} className={item}>
      <span className="inline-flex w-4">
        <Menu.CheckboxItemIndicator>
          <Check aria-hidden size={14} />
        </Menu.CheckboxItemIndicator>
      </span>
      {children}
    </Menu.CheckboxItem>
  );
}

/** Signing out is a form of the pages that need no script: it carries the session's token and clears the cookie. */
async function signOut(): Promise<void> {
  const { csrf } = (await (await fetch('/api/session')).json()) as { readonly csrf: string };
  await fetch('/sign-out', {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ csrf }),
  });
  location.assign('/sign-in?to=%2Fconsole%2F');
}
