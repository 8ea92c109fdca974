import type { LintFinding } from '../../kernel/inventory.ts';
import { revealed } from '../../kernel/revealed.ts';

const nameCharactersMin = 5;
const around = 120;
const steers = /\b(?:instead|always|must|should|never|before|after|when(?:ever)?|do not|don't|first|bcc|recipient|replace|change|only)\b/i;

/** A description that names a tool of another server and says how it is to be used: shadowing. `others` maps tools to servers. */
export function crossReferences(text: string, server: string, others: ReadonlyMap<string, string>, at: string): readonly LintFinding[] {
  const words = [...text.slice(0, 20_000).matchAll(/[A-Za-z][\w-]{3,80}/g)];
  const seen = new Set<string>();
  return words.flatMap((match) => {
    const [word] = match;
    const name = /^mcp__(.+?)__(.+)$/.exec(word);
    const owner = name ? name[1] : others.get(word);
    const said = name?.[2] ?? word;
    // A plain word is no reference: only names that look like one.
    if (owner === undefined || owner === server || said.length < nameCharactersMin || !/[_-]|[a-z][A-Z]/.test(word) || seen.has(word))
      return [];
    const near = text.slice(Math.max(0, match.index - around), match.index + word.length + around);
    if (!steers.test(near)) return [];
    seen.add(word);
    return [
      {
        rule: 'cross-server',
        severity: 'high' as const,
        at,
        says: `says how ${revealed(said)} of ${revealed(owner)}, another server, is to be used`,
        excerpt: revealed(near).replace(/\s+/g, ' ').slice(0, 160),
      },
    ];
  });
}
