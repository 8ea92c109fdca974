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
  changed = false,
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
  /** What it is about is not what was shown when it was opened: it cannot be sent any more. */
  readonly changed?: boolean;
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
        if (!busy && ready && !changed) onCommit();
      }}
      className="flex flex-col gap-3"
    >
      {children}
      {changed && (
        <p role="alert" className="rounded-md bg-wait-ground px-3 py-2 text-sm text-wait">
          Somebody changed it while this form was open. Go back, look at what would be sent now, and decide about that.
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look={look} busy={busy} disabled={!ready || changed} className="flex-1">
          {word} <Keys keys="mod+enter" />
        </Button>
        <Button onClick={onLeave}>Back</Button>
      </div>
    </form>
  );
}
