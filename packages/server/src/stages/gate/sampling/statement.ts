import { ceilOf, fractionOf } from './decimal.ts';
import { ruledOut, type Sample, sampleNeeded } from './hypergeometric.ts';

/** How sure a statement is where nobody says otherwise. */
export const usualConfidence = 0.95;

interface Needed {
  readonly share: number;
  /** So many changes of this batch. */
  readonly changes: number;
  readonly sample: number;
}

/** What a sample says about its whole batch: the numbers, and the same in words. */
export interface Statement extends Sample {
  readonly confidence: number;
  /** So many wrong ones or more are ruled out; undefined where nothing is. */
  readonly ruledOut: number | undefined;
  readonly ruledOutShare: number | undefined;
  /** What it takes, all of it right, to rule out 5 % and 1 %. */
  readonly needed: readonly Needed[];
  readonly says: string;
}

/** The exact statement of a sample, as page, API and record show it. Only what was drawn by lot may be counted in it. */
export function statement(sample: Sample, confidence = usualConfidence): Statement {
  const least = ruledOut(sample, confidence);
  const needed = [0.05, 0.01].map((share) => ({
    share,
    changes: ceilOf(fractionOf(share, 'share'), sample.size),
    sample: sampleNeeded(sample.size, share, confidence),
  }));
  const numbers = { ...sample, confidence, ruledOut: least, ruledOutShare: least === undefined ? undefined : least / sample.size, needed };
  return { ...numbers, says: words(numbers) };
}

function words(numbers: Omit<Statement, 'says'>): string {
  const { size, sampled, wrong } = numbers;
  if (sampled === 0) return `None of the ${count(size)} ${plural(size)} was looked at: nothing is known about them.`;
  const found = wrong === 0 ? 'none is wrong' : `${count(wrong)} ${wrong === 1 ? 'is' : 'are'} wrong`;
  if (sampled === size) return `${size === 1 ? 'The one change was' : `All ${count(size)} changes were`} looked at: ${found}.`;
  return [
    `${count(sampled)} of ${count(size)} changes were drawn by lot and looked at: ${found}.`,
    excluded(numbers),
    ...next(numbers),
  ].join(' ');
}

/** The reading that holds: it is about draws, not about how likely a number of wrong ones is. */
function excluded({ confidence, ruledOut: least, ruledOutShare }: Omit<Statement, 'says'>): string {
  const sure = percent(confidence);
  if (least === undefined) return `At ${sure} this rules out no number of wrong ones.`;
  const chance = percent(Number((1 - confidence).toFixed(12)));
  const share = percent(ruledOutShare ?? 1);
  return `At ${sure} confidence this rules out that ${count(least)} (${share}) or more are wrong: then at most ${chance} of all draws would look this good. Fewer may be wrong.`;
}

function next({ sampled, wrong, needed }: Omit<Statement, 'says'>): readonly string[] {
  const more = needed.filter((one) => one.sample > sampled);
  if (wrong > 0 || more.length === 0) return [];
  const parts = more.map((one) => `${count(one.sample)} to rule out ${percent(one.share)} (${count(one.changes)})`);
  return [`It takes a clean sample of ${parts.join(', and of ')}.`];
}

function plural(size: number): string {
  return size === 1 ? 'change' : 'changes';
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Three digits; what is under all is never rounded to all. */
function percent(share: number): string {
  const shown = Number((share * 100).toPrecision(3));
  return `${share < 1 && shown >= 100 ? 99.9 : shown} %`;
}
