import { Link, useRouterState } from '@tanstack/react-router';
import { ArrowRight, X } from 'lucide-react';
import { useEffect } from 'react';
import { setPref, usePref } from '../lib/prefs.ts';
import { IconButton } from '../ui/button.tsx';

const steps = [
  {
    title: 'An agent wants to write to 2,310 people',
    text: 'It waits, frozen. Read what would happen, who they are and why you are asked; then approve it, a smaller part of it, or refuse.',
    to: '/approvals',
    word: 'Review what is held',
  },
  {
    title: 'Stop one, now',
    text: 'A plugin, a person, a run or everything. You see what it hits before you do it, and in seconds nothing of it goes on.',
    to: '/stop',
    word: 'Open Stop',
  },
  {
    title: 'What went wrong meanwhile',
    text: 'A tool that changed what it says it does, a document with orders for the model, a budget that ran out: each was caught, and is on record.',
    to: '/alerts',
    word: 'Look at the alerts',
  },
] as const;

/** Three steps for whoever comes from the demo, beside the screen that they are about. It is gone for good when closed. */
export function Tour() {
  const step = usePref('tourStep');
  const asked = useRouterState({ select: ({ location }) => (location.search as Readonly<Record<string, string>>)['tour'] === '1' });
  useEffect(() => {
    if (asked && step === 0) setPref('tourStep', 1);
  }, [asked, step]);
  const shown = steps[step - 1];
  if (!shown) return null;
  const close = () => setPref('tourStep', -1);
  return (
    <aside
      aria-label="Tour"
      className="fixed right-4 bottom-4 z-30 w-[calc(100vw-2rem)] max-w-sm rounded-xl border border-line bg-raised p-4 text-ink shadow-float"
    >
      <div className="flex items-start justify-between gap-3">
        <p className="text-xs text-faint">
          Step {step} of {steps.length}
        </p>
        <IconButton label="Close the tour" onClick={close} className="-mt-1.5 -mr-1.5">
          <X aria-hidden size={14} />
        </IconButton>
      </div>
      <h2 className="text-base">{shown.title}</h2>
      <p className="mt-1 text-sm text-soft">{shown.text}</p>
      <Link
        to={shown.to}
        onClick={() => setPref('tourStep', step === steps.length ? -1 : step + 1)}
        className="mt-3 inline-flex h-8 items-center gap-1.5 rounded-md bg-solid px-3 text-sm font-medium text-on-solid hover:bg-solid-strong"
      >
        {shown.word} <ArrowRight aria-hidden size={14} />
      </Link>
    </aside>
  );
}
