import { Dialog as Base } from '@base-ui/react/dialog';
import { useNavigate } from '@tanstack/react-router';
import { ArrowRight, Keyboard, Moon, Zap } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { addressed } from '../lib/address.ts';
import { boundNow, useKeys } from '../lib/keys.ts';
import { useSession } from '../lib/session.ts';
import { setTheme } from '../lib/theme.ts';
import { Keys } from '../ui/kbd.tsx';
import { idTargets } from './id-targets.ts';
import { screens } from './routes.ts';

interface Choice {
  readonly id: string;
  readonly label: string;
  readonly says?: string;
  readonly icon: typeof ArrowRight;
  readonly keys?: string;
  run(): void;
}

/** Go to anything: a screen by its name or question, an object by its id, a setting, or what can be done on this screen. */
export function Palette({ open, onClose, onKeys }: { readonly open: boolean; readonly onClose: () => void; readonly onKeys: () => void }) {
  // What this screen binds to keys, as it was before this dialog silenced it.
  const acts = useMemo(() => (open ? actsNow() : []), [open]);
  const chosen = useRef<Choice>(undefined);
  useKeys([], { modal: true, enabled: open });
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => !next && onClose()}
      onOpenChangeComplete={(now) => {
        // Only once the focus is back where it was, or it would be taken from what is opened.
        if (now) return;
        chosen.current?.run();
        chosen.current = undefined;
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-shade" />
        <Base.Popup className="fixed top-[14vh] left-1/2 z-40 flex max-h-[60vh] w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 flex-col overflow-hidden rounded-xl border border-line bg-raised text-ink shadow-float">
          <Base.Title className="sr-only">Go to</Base.Title>
          <Inside
            acts={acts}
            onKeys={onKeys}
            onChoose={(choice) => {
              chosen.current = choice;
              onClose();
            }}
          />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface InsideProps {
  readonly acts: readonly Choice[];
  readonly onKeys: () => void;
  readonly onChoose: (choice: Choice) => void;
}

function Inside({ acts, onKeys, onChoose }: InsideProps) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const choices = useChoices(typed, acts, onKeys);
  const chosen = Math.min(at, choices.length - 1);
  const run = (choice: Choice | undefined) => choice && onChoose(choice);
  const step = (by: number) => setAt((chosen + by + choices.length) % Math.max(1, choices.length));
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: whoever opened it is about to type
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={choices[chosen] && `palette-${choices[chosen].id}`}
        aria-label="Go to a screen, an id, a setting"
        placeholder="A screen, an id, a setting"
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') step(1);
          else if (event.key === 'ArrowUp') step(-1);
          else if (event.key === 'Enter') run(choices[chosen]);
          else return;
          event.preventDefault();
        }}
        className="h-12 shrink-0 border-b border-line bg-transparent px-4 text-lg outline-none placeholder:text-faint"
      />
      <div role="listbox" id="palette-list" aria-label="Results" className="overflow-y-auto p-1.5">
        {choices.map((choice, index) => (
          <Option key={choice.id} choice={choice} active={index === chosen} onRun={() => run(choice)} />
        ))}
      </div>
      {choices.length === 0 && <p className="px-4 pb-4 text-sm text-soft">Nothing is called like that.</p>}
    </>
  );
}

function Option({
  choice: { id, label, says, icon: Icon, keys },
  active,
  onRun,
}: {
  readonly choice: Choice;
  readonly active: boolean;
  readonly onRun: () => void;
}) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keyboard
    // biome-ignore lint/a11y/useFocusableInteractive: the field above names it as its active one
    <div
      role="option"
      id={`palette-${id}`}
      aria-selected={active}
      onClick={onRun}
      className={`flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-3 py-1.5 text-sm ${active ? 'bg-selected' : 'hover:bg-hover'}`}
    >
      <Icon aria-hidden size={16} className="shrink-0 text-faint" />
      <span className="min-w-0 flex-1">
        {label} {says !== undefined && <span className="ml-1 text-soft">{says}</span>}
      </span>
      {keys !== undefined && <Keys keys={keys} />}
    </div>
  );
}

function useChoices(typed: string, acts: readonly Choice[], onKeys: () => void): readonly Choice[] {
  const navigate = useNavigate();
  const { roles } = useSession();
  return useMemo(() => {
    const words = typed.trim().toLowerCase().split(/\s+/);
    const fits = (choice: Choice) => words.every((word) => `${choice.label} ${choice.says ?? ''}`.toLowerCase().includes(word));
    const go = (to: string) => () => void navigate(addressed(to));
    const all: readonly Choice[] = [
      ...screens
        .filter((screen) => screen.roles === undefined || screen.roles.some((role) => roles.includes(role)))
        .flatMap(({ id, title, question, icon, key, pages: [{ path }, ...more] }) => [
          { ...{ id, label: title, says: question, icon, run: go(`/${path}`) }, ...(key !== undefined && { keys: `g ${key}` }) },
          ...more.flatMap((page) =>
            page.title === undefined
              ? []
              : [
                  {
                    ...{ id: page.path.replaceAll('/', '-'), label: page.title, icon, run: go(`/${page.path}`) },
                    ...(page.key !== undefined && { keys: page.key }),
                  },
                ],
          ),
        ]),
      { id: 'keys', label: 'Keys', icon: Keyboard, keys: '?', run: onKeys },
      { id: 'dark', label: 'Dark theme', icon: Moon, run: () => setTheme('dark') },
      { id: 'light', label: 'Light theme', icon: Moon, run: () => setTheme('light') },
      { id: 'system', label: 'Theme as the system', icon: Moon, run: () => setTheme('system') },
    ];
    const byId = idTargets(typed.trim()).map(({ to, label }) => ({ id: 'by-id', label, icon: ArrowRight, run: go(to) }));
    return [...byId, ...[...acts, ...all].filter(fits)];
  }, [typed, navigate, onKeys, roles, acts]);
}

/** What sends or leaves a form is done in the form, where one sees what is sent. */
const formKeys = ['escape', 'mod+enter'];
const elsewhere = ['Everywhere', 'Go to', 'Lists'];

function actsNow(): readonly Choice[] {
  const acts = boundNow().filter(({ keys, group }) => !elsewhere.includes(group) && !formKeys.includes(keys));
  return [...new Map(acts.map((act) => [act.keys, act])).values()].map(({ keys, label, group, run }) => ({
    ...{ id: `act-${keys.replaceAll(/\W/g, '-')}`, label, says: group, icon: Zap, keys },
    run: () => run(new KeyboardEvent('keydown')),
  }));
}
