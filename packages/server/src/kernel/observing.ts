import type { Mode } from '@trapkey/contract/codes.ts';
import type { Would } from '@trapkey/contract/entry.ts';
import type { Ruling } from './stage.ts';

/** A ruling and the mode of the rule that made it. */
export interface Objection {
  readonly ruling: Ruling;
  readonly mode: Mode;
}

/** Splits objections into the first that decides and what the observing ones before it would have said. */
export function weigh(objections: Iterable<Objection>): { readonly ruling: Ruling | undefined; readonly would: readonly Would[] } {
  const would: Would[] = [];
  for (const { ruling, mode } of objections) {
    if (mode === 'enforce') return { ruling, would };
    would.push({ verdict: ruling.verdict, code: ruling.code, rule: ruling.rule, mode });
  }
  return { ruling: undefined, would };
}
