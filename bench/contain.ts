import type { BenchOptions } from './bench.ts';
import { check } from './contain/check.ts';
import { otlp } from './contain/otlp.ts';
import { stop } from './contain/stop.ts';

type Part = (options: BenchOptions) => Promise<Readonly<Record<string, unknown>>>;

/** One file a figure. */
const parts: readonly Part[] = [check, stop, otlp];

/** What containing costs, and how fast it is. */
export async function contain(options: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  const figures: Record<string, unknown> = {};
  for (const part of parts) Object.assign(figures, await part(options));
  return figures;
}
