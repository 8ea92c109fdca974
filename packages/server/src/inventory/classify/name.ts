import type { Evidence } from './evidence.ts';
import { type Verb, verbs } from './lexicon.ts';

interface Act {
  readonly at: number;
  readonly word: string;
  readonly verb: Verb;
}

/** Nouns that alone name a look: `health_check`, `my_issues`, `zone_details`. */
const looks = new Set(
  'info details detail status health documentation docs help guide schema metadata overview history tree logs stats statistics summary whoami version versions discussions usage capabilities examples reference'.split(
    ' ',
  ),
);
const joins = new Set(['or', 'and', 'then']);

/** What the words of a tool's name say. The verb stands first, or last where things come first (`database_delete`). */
export function nameEvidence(words: readonly string[]): Evidence | undefined {
  const acts = words.flatMap((word, at): Act[] => {
    const verb = verbs.get(word);
    return verb ? [{ at, word, verb }] : [];
  });
  const chosen = choose(words, acts);
  if (chosen.length === 0) return lookAlone(words);
  return spoken(words, chosen);
}

function choose(words: readonly string[], acts: readonly Act[]): readonly Act[] {
  const [first] = acts;
  const last = acts.at(-1);
  if (!first || !last) return [];
  const clear = acts.filter(({ verb }) => !verb.noun);
  const joined = acts.filter(({ at }) => joins.has(words[at - 1] ?? '') || joins.has(words[at + 1] ?? ''));
  if (joined.length > 1) return joined;
  // `list_delete` of a board's lists, `search_replace`, `label_write`: what is done stands last.
  if (last !== first && last.at === words.length - 1 && first.verb.noun && changes(last.verb) && !last.verb.noun) return [last];
  if (last !== first && last.at === 1 && words.length === 2 && changes(last.verb) && !last.verb.noun) return [last];
  // `manage_config_read`: a word that says little gives way to one that says what is done.
  const [clearFirst] = clear;
  if (first.verb.soft && clearFirst && clearFirst !== first) return [clearFirst];
  if (first.at === 0) return [first];
  if (clearFirst) return [clearFirst];
  return [last.at === words.length - 1 && words.length > 1 && first.at !== 0 ? (acts.find(({ at }) => at === 1) ?? last) : first];
}

function changes(verb: Verb): boolean {
  return verb.effect !== 'read';
}

function spoken(words: readonly string[], acts: readonly Act[]): Evidence {
  const effects = acts.map(({ verb }) => verb.effect);
  const lead = acts.find(({ verb }) => changes(verb)) ?? (acts[0] as Act);
  const effect = effects.every((one) => one === 'read') ? 'read' : lead.verb.effect;
  const standsWell = acts.every(
    ({ at, verb }) => !verb.noun || at === 0 || (at === words.length - 1 && verb.effect === 'read' && /[^s]s$/.test(words[at - 1] ?? '')),
  );
  const soft = acts.some(({ verb }) => verb.soft);
  return {
    effect,
    destructive:
      acts.some(({ verb }) => verb.destructive) ||
      (acts.some(({ word }) => word === 'create') && acts.some(({ word }) => word === 'update')),
    confidence: !standsWell ? 'low' : soft ? 'medium' : 'high',
    soft,
    because: `its name says ${acts.map(({ word }) => `“${word}”`).join(' and ')}${words.length > 1 ? '' : ' alone'}`,
  };
}

function lookAlone(words: readonly string[]): Evidence | undefined {
  const last = words.at(-1) ?? '';
  if (!looks.has(last)) return undefined;
  return { effect: 'read', destructive: false, confidence: 'low', because: `its name only names something to look at, “${last}”` };
}
