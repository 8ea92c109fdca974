import type { Evidence } from './evidence.ts';
import { worst } from './evidence.ts';
import { nameEvidence } from './name.ts';
import { type Argument, choicesOf } from './schema.ts';
import { wordsOf } from './words.ts';

const selectors =
  /^(action|actions|method|operation|operations|op|mode|command|cmd|verb|subcommand|request type|type|event|state|status|http method|task)$/;
/** Selectors that as often name a state or kind as an act; behind a name that says a look they say nothing. */
const states = /^(state|status|event|type|mode|task|op)$/;
const listed = /\b(?:actions?|operations?|methods?|modes?|commands?|supports?|types?)\b[^:.\n]{0,40}[:(]\s*([^.\n]{3,400})/gi;
const dashed = /^\s*[-*•\d.)]+\s*[`"'*]*([a-z][\w-]{2,40})[`"'*]*\s*[:–—-]/gim;

/** One tool that does several things, chosen by an argument: the acts that it offers. */
export function severalActs(all: readonly Argument[], description: string, lookName: boolean): Evidence | undefined {
  const fromSchema = all
    .filter(({ words, depth }) => depth <= 1 && selectors.test(words.join(' ')) && !(lookName && states.test(words.join(' '))))
    .flatMap(({ name, schema }) => {
      const choices = choicesOf(schema);
      const said = typeof schema['description'] === 'string' ? schema['description'].slice(0, 2_000) : '';
      const state = states.test(wordsOf(name).join(' '));
      return actsIn(choices.length > 0 ? choices : state ? [] : namedIn(said), `argument ${name} offers`);
    });
  return worst([...fromSchema, ...(lookName ? [] : actsIn(namedIn(description.slice(0, 6_000)), 'its description offers'))]);
}

function namedIn(text: string): readonly string[] {
  const lists = [...text.matchAll(listed)].flatMap(([, words = '']) => words.split(/[,;|/]|\bor\b|\band\b/));
  const bullets = [...text.matchAll(dashed)].map(([, word = '']) => word);
  return [...lists, ...bullets]
    .map((one) => one.replace(/[`"'“”’().]/g, ' ').trim())
    .filter((one) => one !== '' && wordsOf(one).length <= 4)
    .slice(0, 60);
}

/** At least two things that stand like acts, or it is a list of something else. */
function actsIn(choices: readonly string[], because: string): readonly Evidence[] {
  const acts = choices.flatMap((choice) => {
    const words = wordsOf(choice);
    const found = nameEvidence(words);
    return found && found.confidence === 'high' ? [{ ...found, because: `${because} “${words.join('_')}”` }] : [];
  });
  return acts.length >= 2 ? acts : [];
}
