import { classes } from './classes.ts';

const tiers = {
  low: { bars: 1, word: 'Low', tone: 'text-still' },
  medium: { bars: 2, word: 'Medium', tone: 'text-wait' },
  high: { bars: 3, word: 'High', tone: 'text-bad' },
} as const;

/** The tier of an action: bars that count it, and its word. */
export function TierMark({ tier, wordless = false }: { readonly tier: string | undefined | null; readonly wordless?: boolean }) {
  const shown = tiers[(tier ?? 'high') as keyof typeof tiers] ?? tiers.high;
  return (
    <span className={classes('inline-flex items-center gap-1.5 text-xs font-medium whitespace-nowrap', shown.tone)}>
      <svg aria-hidden="true" width="13" height="12" viewBox="0 0 13 12" fill="currentColor">
        {[0, 1, 2].map((bar) => (
          <rect key={bar} x={bar * 5} y={8 - bar * 4} width="3" height={4 + bar * 4} rx="1" opacity={bar < shown.bars ? 1 : 0.25} />
        ))}
      </svg>
      <span className={wordless ? 'sr-only' : undefined}>
        {shown.word}
        <span className="sr-only"> tier</span>
      </span>
    </span>
  );
}
