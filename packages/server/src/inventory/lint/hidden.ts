import type { LintFinding, Severity } from '../../kernel/inventory.ts';
import { revealed } from '../../kernel/revealed.ts';

type Hidden = Omit<LintFinding, 'at'>;

const tags = /[\u{E0000}-\u{E007F}]/u;
const bidi = /[\u202A-\u202E\u2066-\u2069]/u;
const invisible = /[\u200B\u200C\u2060-\u2064\u00AD\u180E\u115F\u1160\u3164\uFFA0]|(?!^)\uFEFF/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly this one is looked for.
const ansi = /\u001B/;
const farAway = /(?:\n\s*){12,}\S|[ \t]{120,}\S/;
const encoded = /(?<![\w/+.#-])(?=[A-Za-z0-9+]*[a-z])(?=[A-Za-z0-9+]*[A-Z])(?=[A-Za-z0-9+]*[0-9+])[A-Za-z0-9+]{90,}={0,2}(?![\w/+])/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are looked for.
const anyHidden = /[\u001B\u00AD\u115F\u1160\u180E\u200B\u200C\u202A-\u202E\u2060-\u2064\u2066-\u2069\u3164\uDB40\uFEFF\uFFA0]/;

const checks: readonly (readonly [string, Severity, string, RegExp])[] = [
  ['hidden-tags', 'critical', 'holds tag characters, which a model reads and nobody sees', tags],
  ['hidden-direction', 'high', 'holds characters that change the direction of text, so that it reads differently from what it is', bidi],
  ['hidden-characters', 'high', 'holds characters that nobody sees', invisible],
  ['hidden-terminal', 'high', 'holds terminal control sequences', ansi],
  ['hidden-distance', 'medium', 'holds words far below or far to the right of the rest', farAway],
  ['encoded', 'medium', 'holds a long encoded block', encoded],
];

/** What a person looking at the text would not see. */
export function hiddenIn(text: string, prose = false): readonly Hidden[] {
  // Layout and long words in prose mean nothing, and most of it holds none of the characters; U+DB40 is the first half of every tag.
  if (prose && !anyHidden.test(text)) return [];
  return (prose ? checks.filter(([rule]) => rule.startsWith('hidden-') && rule !== 'hidden-distance') : checks).flatMap(
    ([rule, severity, says, pattern]) => {
      const match = pattern.exec(text);
      if (!match) return [];
      const around = text.slice(Math.max(0, match.index - 30), match.index + 60);
      return [{ rule, severity, says, excerpt: revealed(around).replace(/\s+/g, ' ').slice(0, 160) }];
    },
  );
}
