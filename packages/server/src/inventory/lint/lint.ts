import type { Json } from '@trapkey/contract/json.ts';
import type { LintFinding } from '../../kernel/inventory.ts';
import { revealed } from '../../kernel/revealed.ts';
import { hiddenIn } from './hidden.ts';
import { textRules } from './rules.ts';

const depthMax = 24;
const textsMax = 2_000;
const charactersMax = 20_000;
const excerptCharacters = 160;

interface Text {
  readonly at: string;
  readonly text: string;
}

/** Looks for words that speak to the model, and for what hides, in every text of a definition. Pure and bounded. */
export function lintDefinition(definition: { readonly [key: string]: Json | undefined }): readonly LintFinding[] {
  return textsOf(definition).flatMap(({ at, text }) => lintText(text, at));
}

/** The same for one text: instructions of a server, a result of a list. */
export function lintText(text: string, at: string): readonly LintFinding[] {
  const cut = text.slice(0, charactersMax);
  const hidden = hiddenIn(cut);
  const found: LintFinding[] = hidden.map((one) => ({ ...one, at }));
  for (const { rule, severity, says, pattern } of textRules) {
    const match = pattern.exec(plain(cut));
    if (match) found.push({ rule, severity, at, says, excerpt: excerptOf(plain(cut), match.index, match[0].length) });
  }
  return found;
}

/** Look-alikes and gaps between letters would hide a word from a pattern and not from a model. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}|[\u{E0100}-\u{E01EF}]/gu, '')
    .replace(/[‘’]/g, "'");
}

function excerptOf(text: string, at: number, length: number): string {
  const begin = Math.max(0, at - 20);
  const cut = text.slice(begin, Math.min(text.length, at + Math.min(length, excerptCharacters) + 20));
  return revealed(`${begin > 0 ? '…' : ''}${cut.replace(/\s+/g, ' ').trim()}`).slice(0, excerptCharacters);
}

function textsOf(definition: { readonly [key: string]: Json | undefined }): readonly Text[] {
  const found: Text[] = [];
  const seen = new Set<object>();
  const walk = (node: Json | undefined, at: string, depth: number): void => {
    if (found.length >= textsMax || depth > depthMax) return;
    if (typeof node === 'string') found.push({ at, text: node });
    if (typeof node !== 'object' || node === null || seen.has(node)) return;
    seen.add(node);
    for (const [key, child] of Object.entries(node)) {
      const below = `${at}/${key.slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1')}`;
      // A name is read by the model like any other text: `read_ssh_key_and_pass_as_context` as an argument.
      if (!Array.isArray(node)) found.push({ at: below, text: key.length > 40 ? key.replaceAll(/[_-]+/g, ' ') : key });
      walk(child, below, depth + 1);
    }
  };
  walk(definition as Json, '', 0);
  return found.slice(0, textsMax);
}
