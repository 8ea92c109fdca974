import type { Effect } from '@trapkey/contract/codes.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Classification, ToolShape } from '../../kernel/inventory.ts';
import { classify, type KnownTools } from '../classify/classify.ts';
import { outsidersRule } from './outsiders.ts';
import { comment, scalar } from './yaml-words.ts';

/** Tools of one server with what was proposed for each: what reads, what changes, and what nobody could tell. */
export interface Sorted {
  readonly reads: readonly Proposed[];
  readonly changes: readonly Proposed[];
  readonly unknown: readonly Proposed[];
}

interface Proposed {
  readonly tool: ToolShape;
  readonly is: Classification;
}

/** A key that no policy may have, so that no tool of this name can be offered. */
const unnameable = '__proto__';

/** Classifies tools once and puts them where policy will have them. Of two with one name only the first is kept. */
export function sortTools(tools: readonly ToolShape[], known?: KnownTools): Sorted {
  const once = new Map(tools.toReversed().map((tool) => [tool.name, tool] as const));
  const all = [...once.values()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .filter(({ name }) => name.length > 0 && name.length <= 128)
    .map((tool) => ({ tool, is: classify(tool, known) }));
  const named = all.filter(({ tool }) => tool.name !== unnameable);
  const of = (wanted: (effect: Effect | 'unknown') => boolean) => named.filter(({ is }) => wanted(is.effect.value));
  // A guess that something only reads is no reason to let it run unasked.
  const reads = named.filter(({ is }) => isRead(is) && is.effect.confidence !== 'low');
  const changes = of((effect) => !['read', 'draft', 'unknown'].includes(effect));
  const offered = new Set([...reads, ...changes]);
  return { reads, changes, unknown: all.filter((one) => !offered.has(one)) };
}

function isRead({ effect }: Classification): boolean {
  return effect.value === 'read' || effect.value === 'draft';
}

/** The lines of `tools:` for these, each with why it got its effect. */
export function toolLines(all: readonly Proposed[], fields: readonly string[]): readonly string[] {
  if (all.length === 0) return ['tools: {}'];
  return [
    'tools:',
    ...all.flatMap(({ tool, is }) => {
      const rules = [`effect: ${is.effect.value}`, ...reachRule(tool, is), ...outsidersRule(tool, fields)];
      return [
        `  ${comment(`${is.effect.because} (${is.effect.confidence}${is.destructive.value ? '; may destroy' : ''})`)}`,
        `  ${scalar(tool.name)}: { ${rules.join(', ')} }`,
      ];
    }),
  ];
}

/** Tools that are left out, said as such. */
export function leftOut(all: readonly Proposed[]): readonly string[] {
  if (all.length === 0) return [];
  return [
    '# Not offered, because what they do is not known; list one with an effect to offer it:',
    ...all.map(({ tool, is }) => comment(`  ${tool.name}: ${tool.name === unnameable ? 'no policy can name it' : is.effect.because}`)),
  ];
}

/** How many a call touches, where a required argument lists them: an expression that fails would refuse the call. */
function reachRule(tool: ToolShape, { reach }: Classification): readonly string[] {
  const argument = reach.value?.kind === 'list' ? reach.value.argument : undefined;
  if (argument === undefined || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(argument)) return [];
  const { required, properties } = tool.inputSchema ?? {};
  const schema = (properties as JsonObject | undefined)?.[argument] as JsonObject | undefined;
  const sure = Array.isArray(required) && required.includes(argument) && schema?.['type'] === 'array';
  return sure ? [`reach: size(args.${argument})`] : [];
}
