import type { FileEntry } from './entries.ts';

/** A part of a text with what comes in its place. */
export interface Splice {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** Puts every part in place; all other characters stay as they are. */
export function spliced(text: string, parts: readonly Splice[]): string {
  let result = text;
  for (const { offset, length, text: put } of parts.toSorted((a, b) => b.offset - a.offset))
    result = `${result.slice(0, offset)}${put}${result.slice(offset + length)}`;
  return result;
}

/** A value as JSON in the manner of the file: on one line where the old one was, else indented like its surroundings. */
export function formatted(value: object, text: string, { offset, length }: Pick<FileEntry, 'offset' | 'length'>): string {
  const old = text.slice(offset, offset + length);
  const [end = '\n'] = /\r\n|\n/.exec(text) ?? [];
  if (!old.includes('\n')) return JSON.stringify(value);
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const [own = ''] = /^[ \t]*/.exec(line.replace(/^\uFEFF/, '')) ?? [];
  const [, inner = `${own}  `] = /\n([ \t]+)["}]/.exec(old) ?? [];
  const step = inner.startsWith(own) && inner.length > own.length ? inner.slice(own.length) : '  ';
  return JSON.stringify(value, null, step).split('\n').join(`${end}${own}`);
}
