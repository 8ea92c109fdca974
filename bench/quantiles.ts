/** The value below which share `q` (0 to 1) of the sorted samples lie. */
export function quantile(samples: Float64Array | readonly number[], q: number): number {
  const sorted = Float64Array.from(samples).sort();
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number;
}

/** Rounds to three significant places for printing. */
export function short(value: number): number {
  return Number(value.toPrecision(3));
}
