/** A number between 0 and 1 as the fraction that its decimal digits say: 0.95 is 19/20, not the double next to it. */
export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

/** Reads a share or a confidence as it is written. */
export function fractionOf(value: number, name: string): Fraction {
  if (!(value > 0 && value < 1)) throw new RangeError(`${name} lies between 0 and 1, not at ${value}`);
  const digits = value.toFixed(12).slice(2);
  const fraction = { over: BigInt(digits), under: 10n ** 12n };
  if (fraction.over === 0n || fraction.over === fraction.under) throw new RangeError(`${name} has at most 12 decimals`);
  return fraction;
}

/** The smallest whole number that is not under `share` of `total`. */
export function ceilOf(share: Fraction, total: number): number {
  return Number((BigInt(total) * share.over + share.under - 1n) / share.under);
}
