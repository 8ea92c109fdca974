import type { Findings } from './findings.ts';

/** Follows the numbers of entries as they come, and tells gaps, moves and repeats apart. */
export interface Sequence {
  next(): number;
  /** True when the entry stands where it belongs. */
  take(entry: number, line: number | undefined): boolean;
  /** Everything below must have come by now. */
  skipTo(entry: number, line: number | undefined): void;
  /** Reports what never came. */
  finish(): void;
}

/** Starts at entry 0. `broken` is told at the first number that is not the expected one. */
export function followSequence(findings: Findings, broken: () => void): Sequence {
  let next = 0;
  // Gaps still open; as many as there are deletions, capped so that a shuffled file cannot fill the memory.
  const gaps: { from: number; to: number; readonly line: number | undefined }[] = [];
  const gapsMax = 100_000;
  const report = (gap: (typeof gaps)[number]) =>
    findings.add('missing', gap, gap.from === gap.to ? `Entry ${gap.from} is missing.` : `Entries ${gap.from} to ${gap.to} are missing.`);
  const openGap = (from: number, to: number, line: number | undefined) => {
    broken();
    gaps.push({ from, to, line });
    if (gaps.length > gapsMax) report(gaps.shift() as (typeof gaps)[number]);
  };
  return {
    next: () => next,
    take(entry, line) {
      if (entry === next) {
        next += 1;
        return true;
      }
      if (entry > next) {
        openGap(next, entry - 1, line);
        next = entry + 1;
        return false;
      }
      const index = gaps.findIndex(({ from, to }) => from <= entry && entry <= to);
      const gap = gaps[index];
      if (!gap) {
        findings.add(
          'inserted',
          { from: entry, line },
          `Entry ${entry} comes a second time, before entry ${next}: one of the two was put in.`,
        );
        return false;
      }
      findings.add('moved', { from: entry, line }, `Entry ${entry} stands before entry ${next}, out of its place.`);
      const rest = [
        { ...gap, to: entry - 1 },
        { ...gap, from: entry + 1 },
      ].filter(({ from, to }) => from <= to);
      gaps.splice(index, 1, ...rest);
      return false;
    },
    skipTo(entry, line) {
      if (entry <= next) return;
      openGap(next, entry - 1, line);
      next = entry;
    },
    finish: () => gaps.forEach(report),
  };
}
