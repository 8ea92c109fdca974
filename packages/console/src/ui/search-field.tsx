import { Search } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';

/** What a list is searched for; `/` goes here. It is taken with Enter, so that no letter costs a request. */
export function SearchField({
  label,
  placeholder,
  value,
  onValue,
}: {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onValue(typed.trim());
  };
  return (
    <search className="min-w-40 flex-1 sm:max-w-sm">
      <form onSubmit={submit} className="relative">
        <Search aria-hidden size={14} className="pointer-events-none absolute top-2.25 left-2.5 text-faint" />
        <input
          type="search"
          data-search=""
          aria-label={label}
          placeholder={placeholder}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          onBlur={() => typed.trim() !== value && onValue(typed.trim())}
          className="h-8 w-full rounded-md border border-line-strong bg-surface pr-2 pl-8 text-sm placeholder:text-faint"
        />
      </form>
    </search>
  );
}
