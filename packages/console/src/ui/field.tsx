import type { ComponentProps, ReactNode } from 'react';
import { useId } from 'react';
import { classes } from './classes.ts';

const box =
  'w-full rounded-md border border-control bg-surface px-2.5 text-base text-ink placeholder:text-faint disabled:opacity-60 aria-invalid:border-bad';

interface Labelled {
  readonly label: string;
  readonly help?: ReactNode;
  readonly problem?: string | undefined;
}

function Frame({ id, label, help, problem, children }: Labelled & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      {help !== undefined && (
        <p id={`${id}-help`} className="text-xs text-faint">
          {help}
        </p>
      )}
      {problem !== undefined && (
        <p role="alert" className="text-xs font-medium text-bad">
          {problem}
        </p>
      )}
    </div>
  );
}

/** One line of text, with its label. */
export function TextField({ label, help, problem, className, ...rest }: ComponentProps<'input'> & Labelled) {
  const id = useId();
  return (
    <Frame {...{ id, label, help, problem }}>
      <input
        id={id}
        autoComplete="off"
        {...rest}
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        className={classes(box, 'h-9', className)}
      />
    </Frame>
  );
}

/** Several lines of text. */
export function TextArea({ label, help, problem, className, ...rest }: ComponentProps<'textarea'> & Labelled) {
  const id = useId();
  return (
    <Frame {...{ id, label, help, problem }}>
      <textarea
        id={id}
        rows={3}
        {...rest}
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        className={classes(box, 'py-1.5', className)}
      />
    </Frame>
  );
}

/** One of a few. */
export function SelectField({
  label,
  help,
  options,
  className,
  ...rest
}: ComponentProps<'select'> & Labelled & { readonly options: readonly (readonly [string, string])[] }) {
  const id = useId();
  return (
    <Frame {...{ id, label, help }}>
      <select id={id} {...rest} className={classes(box, 'h-9', className)}>
        {options.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
    </Frame>
  );
}

/** Yes or no. */
export function Check({ label, ...rest }: Omit<ComponentProps<'input'>, 'type'> & { readonly label: string }) {
  return (
    <label className="inline-flex min-h-6 items-center gap-2 text-sm">
      <input type="checkbox" {...rest} className="size-4 accent-accent" /> {label}
    </label>
  );
}

/** A choice in a list's bar: small, its label for readers and as its first option. */
export function FilterSelect({
  label,
  value,
  options,
  onValue,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onValue: (value: string) => void;
}) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={({ target }) => onValue(target.value)}
      className={classes(
        'h-8 rounded-md border bg-surface px-2 text-sm',
        value === '' || value === options[0]?.[0] ? 'border-line-strong text-soft' : 'border-accent text-ink',
      )}
    >
      {options.map(([id, word]) => (
        <option key={id} value={id}>
          {word}
        </option>
      ))}
    </select>
  );
}
