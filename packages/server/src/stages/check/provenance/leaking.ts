const secrets =
  /\b(?:sk-[a-z0-9-]{16,}|gh[pousr]_[a-z0-9]{20,}|github_pat_[a-z0-9_]{20,}|xox[abprs]-[a-z0-9-]{10,}|AKIA[0-9A-Z]{16}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,})|-----BEGIN [A-Z ]{0,20}PRIVATE KEY/i;
const runs = /[A-Za-z0-9+/_=%-]{32,4096}/g;
const entropyMin = 3.6;

/** What a link or query carries out besides where it goes; undefined where there is nothing to see. One pass over the text. */
export function carriedIn(text: string): string | undefined {
  const plain = text.slice(0, 20_000);
  if (secrets.test(plain)) return 'it carries what looks like a secret';
  const query = plain.indexOf('?') >= 0 ? plain.slice(plain.indexOf('?') + 1) : plain.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '');
  for (const [run] of query.matchAll(runs))
    if (entropy(run) >= entropyMin && /\d|%|[A-Z]/.test(run) && !words(run))
      return 'it carries a long string that says nothing to a person';
  return undefined;
}

/** A path of plain words is no blob. */
function words(run: string): boolean {
  const parts = run.split(/[-_/=]/);
  return parts.filter((part) => part.length <= 14 && /^(?:[a-z]+|[A-Z][a-z]+|\d{1,8})$/.test(part)).length >= parts.length * 0.7;
}

/** Bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
