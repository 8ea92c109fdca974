const numbers = new Intl.NumberFormat('en-US');

/** A count with its thousands apart: `2,310`. */
export function count(value: number): string {
  return numbers.format(value);
}

/** A count and its noun: `1 ticket`, `3 tickets`. */
export function many(value: number, one: string, more = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : more}`;
}

/** Names as a sentence has them: `a, b and c`; past `max` they are counted. */
export function listed(names: readonly string[], max = 4): string {
  const shown = names.length > max ? [...names.slice(0, max - 1), `${names.length - max + 1} more`] : names;
  if (shown.length < 2) return shown[0] ?? '';
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Text from elsewhere with what nobody can see made visible: control and direction characters. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (char) =>
    char === '\n' || char === '\t' ? char : `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}

/** A group or person as people read it: `group:leads` is `leads`. */
export function nameOf(id: string): string {
  return id.startsWith('group:') ? id.slice('group:'.length) : id;
}
