import type { BlastEdge } from '@trapkey/contract/api/blast.ts';
import { many } from '../../lib/format.ts';
import { mostText } from './words.ts';

const words: Readonly<Record<BlastEdge['kind'], string>> = {
  uses: 'uses',
  reads: 'reads',
  writes: 'changes',
  holds: 'holds',
  reaches: 'gets out to',
};
const looking: ReadonlySet<string> = new Set(['read', 'draft']);

/** What a line says of itself, as a verb. */
export function verbOf({ kind }: Pick<BlastEdge, 'kind'>): string {
  return words[kind];
}

/** Whether anything that goes along it changes or reaches something. */
export function alters({ kind, effects }: Pick<BlastEdge, 'kind' | 'effects'>): boolean {
  return kind !== 'holds' && effects.some((effect) => !looking.has(effect));
}

/** What one unattended run alters along it; undefined where a person decides, or nothing is altered. */
export function amountOf({ run, unattended }: Pick<BlastEdge, 'run' | 'unattended'>): string | undefined {
  if (!unattended) return undefined;
  const amounts = (['people', 'records'] as const).filter((unit) => run[unit] !== 0).map((unit) => `${mostText(run[unit])} ${unit}`);
  return amounts.length === 0 ? undefined : amounts.join(', ');
}

/** The words on a line: the amount where there is one, else what goes along it. */
export function labelOf(edges: readonly BlastEdge[]): string | undefined {
  const amount = edges.map(amountOf).find((one) => one !== undefined);
  if (amount !== undefined) return amount;
  const [first] = edges;
  if (!first || first.kind === 'holds') return undefined;
  return first.kind === 'uses' ? many(first.tools, 'tool') : edges.map(verbOf).join(', ');
}

/** By magnitude: a thousand times more is a few times wider. */
export function widthOf({ run, unattended }: Pick<BlastEdge, 'run' | 'unattended'>): number {
  if (!unattended) return 1;
  if (run.people === null || run.records === null) return 8;
  return 1 + Math.min(6, Math.log10(1 + Math.max(run.people, run.records)) * 1.5);
}
