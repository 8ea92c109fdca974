/**
 * Characters that a person does not see and a model reads: format characters (zero-width, bidirectional, tags), private
 * use, fillers, the second block of variation selectors, and controls. Some Arabic format characters are visible signs.
 */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are looked for.
  /(?![\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2])[\p{Cf}\p{Co}\u115F\u1160\u3164\uFFA0]|[\u{E0100}-\u{E01EF}]|[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/gu;

/** Quick look: ASCII text without control characters needs no second one. */
const plain = /^[\t\n\r\x20-\x7e]*$/;
const joins = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F)$/u;
const joiner = '\u200D';

/** Makes hidden characters visible as `⟨U+200B⟩`, and halves of surrogate pairs as the replacement character. */
export function revealed(text: string): string {
  if (plain.test(text)) return text;
  return text.toWellFormed().replace(hidden, (char, at: number, whole: string) => {
    // Between emoji the joiner only draws them as one.
    if (char === joiner && joins.test(whole.slice(Math.max(0, at - 4), at))) return char;
    return `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/** What poses as a citation of Trapkey, which stands at the end of an answer, is broken: only ours lead into the record. */
export function withoutCitations(text: string): string {
  return text.replace(/(trapkey):(?=[0-9a-z])/gi, '$1⟨:⟩');
}
