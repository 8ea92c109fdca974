import type { Effect } from '@trapkey/contract/codes.ts';
import type { Confidence } from '../../kernel/inventory.ts';

/** What one part of a definition says that the tool does. */
export interface Evidence {
  readonly effect: Effect;
  readonly destructive: boolean;
  readonly confidence: Confidence;
  readonly because: string;
  /** Its verb says little, so it never makes sure. */
  readonly soft?: boolean;
}

const order: readonly Effect[] = ['read', 'draft', 'write', 'send', 'delete', 'execute', 'pay'];

/** Of several acts behind one tool, the one that counts for deciding. */
export function worst(all: readonly Evidence[]): Evidence | undefined {
  const [first] = [...all].sort((a, b) => order.indexOf(b.effect) - order.indexOf(a.effect));
  return first && { ...first, destructive: all.some(({ destructive }) => destructive) };
}
