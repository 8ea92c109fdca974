import { revealed } from '../../kernel/revealed.ts';

const plain = /^[A-Za-z][A-Za-z0-9_.@/-]*$/;
const spoken = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** A text as YAML: bare where nothing could misread it, else in double quotes. */
export function scalar(text: string): string {
  return plain.test(text) && !spoken.test(text) ? text : JSON.stringify(text);
}

/** A list on one line. */
export function listed(texts: readonly string[]): string {
  return `[${texts.map(scalar).join(', ')}]`;
}

/** One line behind `# `: whoever wrote a tool must not be able to end the comment. */
export function comment(text: string, charactersMax = 160): string {
  const line = revealed(text.slice(0, charactersMax * 4))
    .replaceAll(/[\s\u2028\u2029]+/g, ' ')
    .trim();
  return `# ${line.length > charactersMax ? `${line.slice(0, charactersMax - 1)}…` : line}`;
}

/** An id of policy from any name: lower case, digits, `-`, `_`; never empty. */
export function idOf(name: string, charactersMax = 48): string {
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
    .slice(0, charactersMax);
  return id === '' ? 'server' : id;
}

/** The same id with a number behind it where it is taken. */
export function freeId(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id;
  for (let at = 2; ; at++) if (!taken.has(`${id}-${at}`)) return `${id}-${at}`;
}
