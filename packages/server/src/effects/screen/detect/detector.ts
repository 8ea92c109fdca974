import type { DetectorName } from '../../../kernel/detectors.ts';

/** A place in a text that looks like something. */
export interface Hit {
  readonly name: DetectorName;
  readonly start: number;
  readonly end: number;
}

/** Finds one kind of value. Patterns are bounded at every step, so that time grows with the text and no faster. */
export interface Detector {
  readonly name: DetectorName;
  /** Global; every repeat has an upper bound. */
  readonly pattern: RegExp;
  /** A check that the pattern cannot say: a checksum, a date, a list. */
  readonly valid?: (found: string) => boolean;
  /** What it takes may be too long, and a beginning of it, up to the end of a word, be the value. */
  readonly shrinks?: true;
  /**
   * Words near it (the text before, lower case) without which it could be anything; it is then found by class only beside
   * one of them. Absent: it stands for itself.
   */
  readonly near?: RegExp;
  /** A text without this has none; looked for first, because most texts have none. */
  readonly hint?: string;
}
