const tableSize = 256;

const small = Float64Array.from({ length: tableSize }, () => 0);
for (let n = 2; n < tableSize; n++) small[n] = (small[n - 1] as number) + Math.log(n);

/** The logarithm of n!: summed for small n, else Stirling's series, whose next term is under 1e-19 there. */
function logFactorial(n: number): number {
  if (n < tableSize) return small[n] as number;
  const squared = n * n;
  const series = (1 / 12 - (1 / 360 - 1 / 1260 / squared) / squared) / n;
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + series;
}

/** The logarithm of the number of ways to choose. */
export function logBinomial(total: number, chosen: number): number {
  return logFactorial(total) - logFactorial(chosen) - logFactorial(total - chosen);
}
