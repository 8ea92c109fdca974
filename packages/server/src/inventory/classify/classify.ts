import type { Effect } from '@trapkey/contract/codes.ts';
import type { Classification, Judged, ToolShape } from '../../kernel/inventory.ts';
import { proposeEffect } from './effect.ts';
import type { KnownTool } from './known.ts';
import { argumentsOf, reachOf, sinksOf } from './schema.ts';
import { classesIn, outside, reachJudged, reversibleJudged, untrusted } from './traits.ts';
import { wordsOf } from './words.ts';

/** What a bundled catalog says of a tool of this name, if anything. */
export type KnownTools = (name: string) => KnownTool | undefined;

/** Proposes what a tool is. Annotations can only make it worse: whoever wrote the tool wrote them too. */
export function classify(tool: ToolShape, known: KnownTools = () => undefined): Classification {
  const all = argumentsOf(tool.inputSchema);
  const proposed = proposeEffect(tool, all);
  const listed = known(tool.name);
  const because = `known: ${listed?.source}`;
  const effect = listed ? { value: listed.effect, confidence: 'high' as const, because } : withHints(proposed.effect, tool);
  const destructive = listed
    ? { value: listed.destructive, confidence: 'high' as const, because }
    : hintedLoss(proposed.destructive, effect.value, tool);
  const spoken = `${wordsOf(tool.name).join(' ')} ${(tool.description ?? '').slice(0, 400).toLowerCase()}`;
  const sinks = sinksOf(all);
  return {
    effect,
    destructive,
    reversible: reversibleJudged(effect.value, destructive.value),
    reach: reachJudged(reachOf(all)),
    openWorld: outside(spoken, effect.value, sinks),
    untrusted: untrusted(spoken, effect.value),
    data: classesIn(spoken),
    sinks,
  };
}

function withHints(effect: Judged<Effect | 'unknown'>, { annotations }: ToolShape): Judged<Effect | 'unknown'> {
  if (effect.value === 'read' && annotations?.['readOnlyHint'] === false)
    return { ...effect, confidence: 'low', because: `${effect.because}; its own annotation says that it changes something` };
  if (effect.value === 'unknown' && annotations?.['readOnlyHint'] === true)
    return { ...effect, because: `${effect.because}; its annotation says read-only, which proves nothing` };
  return effect;
}

function hintedLoss(destructive: Judged<boolean>, effect: Effect | 'unknown', { annotations }: ToolShape): Judged<boolean> {
  if (effect === 'read' || destructive.value || annotations?.['destructiveHint'] !== true) return destructive;
  return { value: true, confidence: 'medium', because: 'its own annotation says destructive' };
}
