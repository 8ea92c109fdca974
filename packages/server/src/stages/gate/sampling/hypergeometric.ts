import { ceilOf, type Fraction, fractionOf } from './decimal.ts';
import { logBinomial } from './logarithms.ts';

/** So many drawn without replacement out of so many, of which so many were wrong. */
export interface Sample {
  readonly size: number;
  readonly sampled: number;
  readonly wrong: number;
}

interface Urn {
  readonly size: number;
  readonly bad: number;
  readonly sampled: number;
  readonly wrong: number;
}

/** Logarithms of a batch of 10 million are good to about 1e-7; nearer to the line than this, whole numbers decide. */
const nearRelative = 1e-6;

/**
 * The smallest number of wrong changes in the whole batch that the sample rules out: were there so many, at most
 * 1 - confidence of all draws would show as few wrong ones as this one did. Undefined where nothing is ruled out.
 */
export function ruledOut({ size, sampled, wrong }: Sample, confidence: number): number | undefined {
  checkSample({ size, sampled, wrong });
  const line = fractionOf(confidence, 'confidence');
  if (sampled === wrong) return undefined;
  // More wrong ones than are left for it cannot be: the answer lies between, and seeing few only gets rarer.
  let possible = wrong;
  let excluded = size - (sampled - wrong) + 1;
  while (excluded - possible > 1) {
    const bad = Math.floor((possible + excluded) / 2);
    if (isRare({ size, bad, sampled, wrong }, line)) excluded = bad;
    else possible = bad;
  }
  return excluded;
}

/** How many must be drawn, and all be right, to rule out that `share` or more of a batch is wrong. */
export function sampleNeeded(size: number, share: number, confidence: number): number {
  checkSample({ size, sampled: 0, wrong: 0 });
  const line = fractionOf(confidence, 'confidence');
  const bad = ceilOf(fractionOf(share, 'share'), size);
  if (size === 0) return 0;
  let few = 0;
  let enough = size;
  while (enough - few > 1) {
    const sampled = Math.floor((few + enough) / 2);
    if (isRare({ size, bad, sampled, wrong: 0 }, line)) enough = sampled;
    else few = sampled;
  }
  return enough;
}

/** Whether at most 1 - confidence of all draws show so few wrong ones: by logarithms, and in whole numbers near the line. */
function isRare(urn: Urn, { over, under }: Fraction): boolean {
  const line = Number(under - over) / Number(under);
  const chance = chanceOfSoFew(urn);
  if (Math.abs(chance / line - 1) > nearRelative) return chance < line;
  const all = binomial(urn.size, urn.sampled);
  return fewExactly(urn) * under <= all * (under - over);
}

/** P(wrong ones in the sample ≤ wrong). */
function chanceOfSoFew({ size, bad, sampled, wrong }: Urn): number {
  const all = logBinomial(size, sampled);
  let chance = 0;
  for (let seen = leastSeen({ size, bad, sampled }); seen <= Math.min(wrong, bad); seen++) {
    chance += Math.exp(logBinomial(bad, seen) + logBinomial(size - bad, sampled - seen) - all);
  }
  return chance;
}

/** The number of draws that show so few wrong ones. */
function fewExactly({ size, bad, sampled, wrong }: Urn): bigint {
  let draws = 0n;
  for (let seen = leastSeen({ size, bad, sampled }); seen <= Math.min(wrong, bad); seen++) {
    draws += binomial(bad, seen) * binomial(size - bad, sampled - seen);
  }
  return draws;
}

/** Where the right ones do not suffice for the sample, it holds at least so many wrong ones. */
function leastSeen({ size, bad, sampled }: Omit<Urn, 'wrong'>): number {
  return Math.max(0, sampled - (size - bad));
}

function binomial(total: number, chosen: number): bigint {
  const steps = Math.min(chosen, total - chosen);
  let value = 1n;
  for (let step = 1; step <= steps; step++) value = (value * BigInt(total - steps + step)) / BigInt(step);
  return value;
}

function checkSample({ size, sampled, wrong }: Sample): void {
  if (![size, sampled, wrong].every(Number.isInteger) || wrong < 0 || wrong > sampled || sampled > size) {
    throw new RangeError(`no sample: ${wrong} wrong of ${sampled} drawn out of ${size}`);
  }
}
