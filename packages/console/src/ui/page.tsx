import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useUnread } from '../lib/filters.ts';
import { listed, plain } from '../lib/format.ts';
import { useTitle } from '../lib/title.ts';

/** The frame of a screen: where it is, one sentence that answers its question, what can be done, and the rest. */
export function Page({
  title,
  says,
  actions,
  trail,
  children,
  wide = false,
  tab,
}: {
  readonly title: string;
  readonly says?: ReactNode;
  readonly actions?: ReactNode;
  /** Screens above this one. */
  readonly trail?: readonly { readonly to: string; readonly label: string }[];
  readonly children: ReactNode;
  /** Uses the whole width: tables with many columns, graphs. */
  readonly wide?: boolean;
  /** What the browser's tab says, where the title is long. */
  readonly tab?: string;
}) {
  useTitle(tab ?? title);
  const unread = useUnread();
  return (
    <div className={`mx-auto flex w-full flex-col gap-5 px-4 pt-5 pb-16 sm:px-8 ${wide ? '' : 'max-w-6xl'}`}>
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-80">
          {trail && (
            <nav aria-label="Above" className="mb-1 flex items-center gap-1 text-xs text-faint">
              {trail.map(({ to, label }, at) => (
                <span key={to} className="inline-flex items-center gap-1">
                  <Link
                    to={to}
                    {...(at === trail.length - 1 && { 'data-back': '' })}
                    className="inline-flex min-h-6 items-center hover:text-ink hover:underline"
                  >
                    {label}
                  </Link>
                  <ChevronRight aria-hidden size={12} />
                </span>
              ))}
            </nav>
          )}
          <h1 className="text-xl tracking-tight">{title}</h1>
          {says !== undefined && <div className="mt-0.5 text-base text-soft">{says}</div>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {unread.length > 0 && (
        <p role="status" className="rounded-lg border border-line bg-wait-ground px-4 py-2 text-sm text-wait">
          The address says {plain(listed(unread))}, which is nothing here: it is left out, and more may be shown than was meant.
        </p>
      )}
      {children}
    </div>
  );
}

/** One part of a screen, in a frame of its own. */
export function Card({
  title,
  says,
  actions,
  children,
  flush = false,
}: {
  readonly title?: string;
  readonly says?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly flush?: boolean;
}) {
  return (
    <section aria-label={title} className="overflow-hidden rounded-xl border border-line bg-surface shadow-lift">
      {title !== undefined && (
        <header className="flex flex-wrap items-center justify-between gap-2 px-4 pt-3 pb-2">
          <div>
            <h2 className="text-base">{title}</h2>
            {says !== undefined && <p className="text-sm text-soft">{says}</p>}
          </div>
          {actions}
        </header>
      )}
      <div className={flush ? '' : `px-4 pb-4 ${title === undefined ? 'pt-4' : ''}`}>{children}</div>
    </section>
  );
}

/** Facts as terms and words. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-5 gap-y-2 text-sm">
      {facts.map(([term, value]) => (
        <div key={term} className="col-span-2 grid grid-cols-subgrid">
          <dt className="text-faint">{term}</dt>
          <dd className="min-w-0">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
