/** Stands between two fields, so that no value is found across them. */
export const gap = 0;

/** How words are told apart without keeping them: 32 bits, with a seed that only the organization has. */
export type Digest = (word: string) => number;

/** Two rounds of multiplication over the code units; the seed keeps outsiders from finding two words that agree. */
export function digestWith(seed: Uint8Array): Digest {
  const view = new DataView(seed.buffer, seed.byteOffset, 8);
  const [first, second] = [view.getUint32(0), view.getUint32(4)];
  return (word) => {
    let [a, b] = [first, second];
    for (let at = 0; at < word.length; at++) {
      const unit = word.charCodeAt(at);
      a = Math.imul(a ^ unit, 0x85ebca6b);
      b = Math.imul(b ^ unit, 0xc2b2ae35);
      a ^= a >>> 13;
      b ^= b >>> 16;
    }
    const mixed = Math.imul(a ^ (b >>> 15), 0x9e3779b1) ^ Math.imul(b ^ (a >>> 13), 0x27d4eb2f);
    return (mixed ^ (mixed >>> 16)) >>> 0 || 1;
  };
}

const between = /[\s"'`<>()[\]{},;|⟦⟧“”‘’«»]+/;
const wordCharactersMax = 2_048;

/**
 * The words of a text as values are compared by: composed, lower case, without punctuation at their ends. Nothing looser:
 * what only looks like a known value is not that value.
 */
export function wordsIn(text: string, max = 20_000): readonly string[] {
  const found: string[] = [];
  for (const part of text.normalize('NFC').toLowerCase().split(between)) {
    const word = trimmed(part);
    if (word === '') continue;
    found.push(word.slice(0, wordCharactersMax));
    if (found.length >= max) break;
  }
  return found;
}

const edge = new Set('.:!?*_~=#…');

function trimmed(part: string): string {
  let [from, to] = [0, part.length];
  while (to > from && edge.has(part[to - 1] as string)) to--;
  while (from < to && from < 8 && edge.has(part[from] as string) && part[from] !== '.' && part[from] !== '#') from++;
  return part.slice(from, to);
}

/** The host of a link, where a word is one. */
export function hostIn(word: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//.test(word) || !URL.canParse(word)) return undefined;
  return new URL(word).hostname || undefined;
}

/** Letters of other scripts, each followed by the one that it looks like. */
const pairs = 'аaеeоoрpсcхxуyіiјjѕsԁdɡgһhոnαaοoνvιiρpτt';
const lookAlikes: Readonly<Record<string, string>> = Object.fromEntries(
  (pairs.match(/../gu) ?? []).map((pair) => [...pair] as [string, string]),
);

/** What else outsiders may mean by a word: decoded, unescaped, spelled with the letters that it looks like, without what splits it. */
export function meantBy(word: string): readonly string[] {
  const meant = new Set<string>();
  if (word.includes('%')) {
    try {
      meant.add(decodeURIComponent(word).toLowerCase());
    } catch {
      // Not an escape: nothing else is meant.
    }
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: only what is not ASCII needs the look.
  if (/[^\x00-\x7f]/.test(word)) meant.add([...word.normalize('NFKC').toLowerCase()].map((char) => lookAlikes[char] ?? char).join(''));
  if (/\[?(?:\.|dot|at|@)\]?/.test(word))
    meant.add(word.replaceAll(/\[(?:\.|dot)\]|\((?:\.|dot)\)/g, '.').replaceAll(/\[(?:@|at)\]|\((?:@|at)\)/g, '@'));
  meant.delete(word);
  return [...meant];
}

const base64 = /[A-Za-z0-9+/_-]{12,1024}={0,2}/g;

/** Texts that stand encoded in a text, at most a few. */
export function decodedIn(text: string): readonly string[] {
  const found: string[] = [];
  for (const [coded] of text.slice(0, 200_000).matchAll(base64)) {
    const plain = Buffer.from(coded, 'base64').toString('utf8');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what has control characters was no text.
    if (plain.length >= 4 && !/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(plain)) found.push(plain);
    if (found.length >= 50) break;
  }
  return found;
}
