import { useMemo } from 'react';
import { plain } from '../lib/format.ts';
import { type DiffLine, linesBetween } from '../lib/text-diff.ts';

const looks = { same: '', gone: 'bg-bad-ground', new: 'bg-good-ground', skipped: 'text-faint' } as const;
const signs = { same: ' ', gone: '−', new: '+', skipped: '⋯' } as const;
const words = { gone: 'gone: ', new: 'new: ', skipped: 'lines that are alike' } as const;

/** Two texts line by line: a sign and a ground for what is gone and what is new, the sign read out too. */
export function TextDiff({ was, now, label }: { readonly was: string; readonly now: string; readonly label: string }) {
  const lines = useMemo(() => linesBetween(was, now), [was, now]);
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
      tabIndex={0}
      className="relative max-h-[60vh] overflow-auto rounded-lg border border-line bg-sunken py-1 font-mono text-xs leading-5"
    >
      {lines.map((line) => (
        <Line key={`${line.kind} ${line.was ?? ''} ${line.now ?? ''} ${line.text}`} line={line} />
      ))}
    </section>
  );
}

function Line({ line: { kind, text, was, now } }: { readonly line: DiffLine }) {
  return (
    <div className={`flex ${looks[kind]}`}>
      <span aria-hidden className="w-10 shrink-0 pr-2 text-right text-faint select-none">
        {kind === 'new' ? now : was}
      </span>
      <span aria-hidden className="w-4 shrink-0 select-none">
        {signs[kind]}
      </span>
      {kind !== 'same' && <span className="sr-only">{words[kind]}</span>}
      <span className="min-w-0 flex-1 pr-3 whitespace-pre-wrap">{plain(text)}</span>
    </div>
  );
}
