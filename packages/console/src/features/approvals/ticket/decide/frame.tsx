import { type ReactNode, useEffect, useRef } from 'react';
import { useKeys } from '../../../../lib/keys.ts';
import { Button } from '../../../../ui/button.tsx';
import { Keys } from '../../../../ui/kbd.tsx';

/** A form of one decision: its first field has the focus, ⌘Enter sends it, Esc leaves it. */
export function Frame({
  title,
  word,
  look = 'primary',
  busy,
  ready = true,
  onCommit,
  onLeave,
  children,
}: {
  readonly title: string;
  /** What the button says. */
  readonly word: string;
  readonly look?: 'primary' | 'danger';
  readonly busy: boolean;
  readonly ready?: boolean;
  readonly onCommit: () => void;
  readonly onLeave: () => void;
  readonly children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const first =
      form.current?.querySelector<HTMLElement>('input:not([type=checkbox]), textarea, select') ??
      form.current?.querySelector<HTMLElement>('button[type=submit]');
    first?.focus();
  }, []);
  useKeys([{ keys: 'mod+enter', label: word, group: 'Ticket', run: () => form.current?.requestSubmit() }]);
  return (
    <form
      ref={form}
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) onCommit();
      }}
      className="flex flex-col gap-3"
    >
      {children}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look={look} busy={busy} disabled={!ready} className="flex-1">
          {word} <Keys keys="mod+enter" />
        </Button>
        <Button onClick={onLeave}>Back</Button>
      </div>
    </form>
  );
}
