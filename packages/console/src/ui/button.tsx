import { Link } from '@tanstack/react-router';
import type { ComponentProps, ReactNode } from 'react';
import { addressed } from '../lib/address.ts';
import { classes } from './classes.ts';

type Look = 'primary' | 'plain' | 'ghost' | 'danger' | 'danger-quiet';

const looks: Readonly<Record<Look, string>> = {
  primary: 'bg-solid text-on-solid hover:bg-solid-strong border-transparent',
  plain: 'bg-surface text-ink hover:bg-hover border-line-strong shadow-lift',
  ghost: 'bg-transparent text-soft hover:bg-hover hover:text-ink border-transparent',
  danger: 'bg-bad-solid text-on-solid hover:brightness-110 border-transparent',
  'danger-quiet': 'bg-surface text-bad hover:bg-bad-ground border-line-strong shadow-lift',
};

const base =
  'inline-flex items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none motion-safe:transition-colors disabled:opacity-55 disabled:cursor-not-allowed';
const sizes = { sm: 'h-7 px-2 text-sm', md: 'h-8 px-3 text-sm', lg: 'h-10 px-4 text-base' };

interface Looks {
  readonly look?: Look;
  readonly size?: keyof typeof sizes;
}

/** What does something. `busy` says so to readers too, and does not do it twice. */
export function Button({
  look = 'plain',
  size = 'md',
  busy = false,
  className,
  ...rest
}: ComponentProps<'button'> & Looks & { readonly busy?: boolean }) {
  return (
    <button
      type="button"
      aria-busy={busy || undefined}
      {...rest}
      disabled={rest.disabled === true || busy}
      className={classes(base, sizes[size], looks[look], className)}
    />
  );
}

/** What leads somewhere and is as important as a button. */
export function ButtonLink({
  look = 'plain',
  size = 'md',
  to,
  children,
  className,
}: Looks & { readonly to: string; readonly children: ReactNode; readonly className?: string }) {
  return (
    <Link {...addressed(to)} className={classes(base, sizes[size], looks[look], className)}>
      {children}
    </Link>
  );
}

/** A button that is only a picture, with its name for whoever cannot see it. */
export function IconButton({ label, className, ...rest }: ComponentProps<'button'> & { readonly label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classes(
        'inline-flex size-7 shrink-0 items-center justify-center rounded-md text-faint hover:bg-hover hover:text-ink disabled:opacity-50',
        className,
      )}
    />
  );
}
