/** How many columns a text takes: marks take none, wide East Asian characters and pictures take two. */
function width(text: string): number {
  let columns = 0;
  for (const char of text.normalize('NFC')) {
    if (/\p{M}|\p{Cf}/u.test(char)) continue;
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        char,
      )
        ? 2
        : 1;
  }
  return columns;
}

/** Fills up to a width. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** Cuts what is too long, and shows that it was cut. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = '';
  for (const char of text) {
    if (width(kept + char) > columns - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

/** Breaks a sentence at words; lines after the first are indented. */
export function wrapped(text: string, columns: number, indent: string, paint: (text: string) => string = (same) => same): string {
  const room = Math.max(20, columns);
  const lines: string[] = [];
  let line = /^\s*/.exec(text)?.[0] ?? '';
  for (const word of text.trim().split(' ')) {
    const longer = line.trim() === '' ? line + word : `${line} ${word}`;
    if (width(longer) <= room || line.trim() === '') line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return paint([...lines, line].join('\n'));
}
