import type { RunCall } from '@trapkey/contract/api/runs.ts';

/** Where a moment stands between the first and the last of some calls, from 0 to 100. */
export interface Scale {
  readonly says: string;
  at(ms: number): number;
}

/** Long silences between calls are drawn short: what is looked at is calls, not pauses. */
export function scaleOf(calls: readonly RunCall[]): Scale {
  const gapShownMs = 2_000;
  const spans = calls.map(({ startMs, endMs }) => [startMs, endMs ?? startMs] as const).toSorted((a, b) => a[0] - b[0]);
  const cuts: { readonly fromMs: number; readonly lostMs: number }[] = [];
  let endMs = spans[0]?.[1] ?? 0;
  for (const [start, end] of spans) {
    if (start - endMs > gapShownMs) cuts.push({ fromMs: start, lostMs: start - endMs - gapShownMs });
    endMs = Math.max(endMs, end);
  }
  const firstMs = spans[0]?.[0] ?? 0;
  const shownMs = (ms: number) => ms - firstMs - cuts.reduce((lost, cut) => lost + (ms >= cut.fromMs ? cut.lostMs : 0), 0);
  const wholeMs = Math.max(1, shownMs(endMs));
  return {
    says: cuts.length === 0 ? 'Time' : 'Time, pauses cut short',
    at: (ms) => Math.min(100, Math.max(0, (shownMs(ms) / wholeMs) * 100)),
  };
}
