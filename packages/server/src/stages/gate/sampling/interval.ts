import { logBinomial } from './logarithms.ts';

const halvings = 60;

/** So many successes in so many independent trials. */
export interface Trials {
  readonly good: number;
  readonly total: number;
}

/**
 * The one-sided lower bound of Clopper and Pearson (1934): were the true rate under it, at most 1 - confidence of all
 * series would be as good as this one or better. Exact for every rate, never too bold; 0 where nothing is known.
 */
export function rateAtLeast({ good, total }: Trials, confidence: number): number {
  checkTrials({ good, total });
  const line = lineOf(confidence);
  if (good === 0) return 0;
  let low = 0;
  let high = 1;
  for (let step = 0; step < halvings; step++) {
    const rate = (low + high) / 2;
    if (chanceOfSoMany({ good, total }, rate) <= line) low = rate;
    else high = rate;
  }
  return low;
}

/** The one-sided upper bound; 1 where nothing is known. */
export function rateAtMost({ good, total }: Trials, confidence: number): number {
  checkTrials({ good, total });
  return 1 - rateAtLeast({ good: total - good, total }, confidence);
}

/** How many in a row, all good, bring the lower bound to `rate`. */
export function cleanNeeded(rate: number, confidence: number): number {
  if (!(rate > 0 && rate < 1)) throw new RangeError(`a rate to prove lies between 0 and 1, not at ${rate}`);
  const line = lineOf(confidence);
  let needed = Math.max(1, Math.ceil(Math.log(line) / Math.log(rate)) - 1);
  while (rateAtLeast({ good: needed, total: needed }, confidence) < rate) needed++;
  return needed;
}

/** P(X ≥ good) at this rate, summed over the shorter side. */
function chanceOfSoMany({ good, total }: Trials, rate: number): number {
  const below = good <= total / 2;
  const [from, to] = below ? [0, good - 1] : [good, total];
  let sum = 0;
  for (let seen = from; seen <= to; seen++) {
    sum += Math.exp(logBinomial(total, seen) + seen * Math.log(rate) + (total - seen) * Math.log1p(-rate));
  }
  return below ? 1 - sum : sum;
}

function lineOf(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence lies between 0 and 1, not at ${confidence}`);
  return Number((1 - confidence).toFixed(12));
}

function checkTrials({ good, total }: Trials): void {
  if (!Number.isInteger(good) || !Number.isInteger(total) || good < 0 || good > total) {
    throw new RangeError(`no series: ${good} good of ${total}`);
  }
}
