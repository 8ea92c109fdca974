import { CircleAlert, type LucideIcon, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Refused } from '../lib/api.ts';
import { Button } from './button.tsx';

/** Nothing to show, and what to do about it. */
export function Empty({
  icon: Icon,
  title,
  children,
}: {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center">
      <span className="mb-3 inline-flex size-10 items-center justify-center rounded-full bg-still-ground text-still">
        <Icon aria-hidden size={18} />
      </span>
      <p className="text-base font-medium">{title}</p>
      {children !== undefined && <div className="mt-1 max-w-md text-sm text-soft">{children}</div>}
    </div>
  );
}

/** What the server said instead: its words, its code, what to do next. */
export function Problem({ error, onRetry }: { readonly error: unknown; readonly onRetry?: (() => void) | undefined }) {
  const refused = error instanceof Refused ? error : undefined;
  return (
    <div role="alert" className="flex items-start gap-3 rounded-lg border border-line bg-bad-ground p-4">
      <CircleAlert aria-hidden size={18} className="mt-0.5 shrink-0 text-bad" />
      <div className="min-w-0 flex-1 text-sm">
        <p className="font-medium">{error instanceof Error ? error.message : 'That did not work.'}</p>
        {refused?.next && <p className="mt-0.5 text-soft">{refused.next}</p>}
        {refused && <p className="mt-1 font-mono text-xs text-faint">{refused.code}</p>}
      </div>
      {onRetry && (
        <Button size="sm" onClick={onRetry}>
          <RotateCw aria-hidden size={13} /> Try again
        </Button>
      )}
    </div>
  );
}

/** Where something will be in a moment. */
export function Loading({ rows = 6, label = 'Loading' }: { readonly rows?: number; readonly label?: string }) {
  return (
    <div role="status" aria-label={label} className="flex motion-safe:animate-pulse flex-col gap-3 py-2">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing but its place tells one bar from another
        <div key={row} className="flex gap-4">
          <div className="h-4 w-16 rounded-sm bg-still-ground" />
          <div className="h-4 flex-1 rounded-sm bg-still-ground" />
          <div className="h-4 w-24 rounded-sm bg-still-ground" />
        </div>
      ))}
    </div>
  );
}

interface Asked<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** What was asked for once it is there; before that a placeholder, or the server's words. Old data stays while new is read. */
export function Loaded<T>({
  query,
  children,
  rows,
  around = (inner) => inner,
}: {
  readonly query: Asked<T>;
  readonly children: (data: T) => ReactNode;
  readonly rows?: number;
  /** What stands around the placeholder and the problem; the data brings its own. */
  readonly around?: (inner: ReactNode) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null && query.error !== undefined)
    return around(<Problem error={query.error} onRetry={() => void query.refetch()} />);
  return around(<Loading {...(rows !== undefined && { rows })} />);
}
