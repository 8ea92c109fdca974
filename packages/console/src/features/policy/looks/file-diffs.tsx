import { Chip } from '../../../ui/chip.tsx';
import { TextDiff } from '../../../ui/text-diff.tsx';
import type { Texts } from '../draft.ts';

/** Files of two sets that differ, line by line. Cases are no part of a set. */
export function FileDiffs({ was, now }: { readonly was: Texts; readonly now: Texts }) {
  const names = Object.keys({ ...was, ...now }).filter((name) => was[name] !== now[name] && !/\.cases\.ya?ml$/.test(name));
  if (names.length === 0) return <p className="text-sm text-soft">No text differs.</p>;
  return (
    <div className="flex flex-col gap-4">
      {names.map((name) => (
        <section key={name} aria-label={name}>
          <h3 className="mb-1 font-mono text-xs">
            {name} {was[name] === undefined && <Chip tone="note">new</Chip>}
            {now[name] === undefined && <Chip>gone</Chip>}
          </h3>
          <TextDiff was={was[name] ?? ''} now={now[name] ?? ''} label={`${name}, line by line`} />
        </section>
      ))}
    </div>
  );
}
