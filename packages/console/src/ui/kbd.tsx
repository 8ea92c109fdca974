import { shownKeys } from '../lib/keys.ts';

/** Keys as keyboards show them; where there is only a finger there are none. */
export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className="inline-flex gap-0.5 pointer-coarse:hidden">
      {shownKeys(keys).map((key) => (
        <kbd
          key={key}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-line bg-sunken px-1 font-sans text-xs text-soft"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
