import { usePref } from '../../lib/prefs.ts';
import { absolute } from '../../lib/time.ts';

interface Bar {
  readonly id: string;
  readonly atMs: number;
  readonly ms: number;
  readonly ok: boolean;
}

/** One bar a rehearsal, as high as its slowest way in took. The tables below say the same in words. */
export function RehearsalBars({ bars }: { readonly bars: readonly Bar[] }) {
  const utc = usePref('utc');
  const top = Math.max(1, ...bars.map(({ ms }) => ms));
  const worst = (top / 1_000).toFixed(2);
  return (
    <figure>
      <div
        role="img"
        aria-label={`${bars.length} rehearsals, the slowest ${worst} seconds`}
        className="flex h-28 items-end gap-1 border-b border-line-strong"
      >
        {bars.map(({ id, atMs, ms, ok }) => (
          <div
            key={id}
            title={`${absolute(atMs, utc)}: ${(ms / 1_000).toFixed(2)} s`}
            className={`min-h-1 max-w-8 flex-1 rounded-t-sm ${ok ? 'bg-accent' : 'bg-bad'}`}
            style={{ height: `${Math.max(4, (ms / top) * 100)}%` }}
          />
        ))}
      </div>
      <figcaption className="mt-1 flex justify-between text-xs text-faint">
        <span>older</span>
        <span>slowest {worst} s</span>
        <span>newest</span>
      </figcaption>
    </figure>
  );
}
