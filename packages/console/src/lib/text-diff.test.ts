import { describe, expect, it } from 'vitest';
import { linesBetween } from './text-diff.ts';

const shown = (before: string, after: string) =>
  linesBetween(before, after).map(({ kind, text }) => `${{ same: ' ', gone: '-', new: '+', skipped: '…' }[kind]}${text}`);

describe('two texts line by line', () => {
  it('shows what is gone and new with what stands around it, numbered on both sides', () => {
    expect(shown('a\nb\nc\n', 'a\nx\nc\n')).toEqual([' a', '-b', '+x', ' c']);
    expect(linesBetween('a\nb', 'a\nn\nb')).toEqual([
      { kind: 'same', text: 'a', was: 1, now: 1 },
      { kind: 'new', text: 'n', now: 2 },
      { kind: 'same', text: 'b', was: 2, now: 3 },
    ]);
  });

  it('leaves out long stretches that are alike, and knows texts that are new or gone as a whole', () => {
    const long = Array.from({ length: 20 }, (_, at) => `line ${at}`).join('\n');
    expect(shown(long, long.replace('line 10', 'ten'))).toEqual([
      '…',
      ...[7, 8, 9].map((at) => ` line ${at}`),
      ...['-line 10', '+ten'],
      ...[11, 12, 13].map((at) => ` line ${at}`),
      '…',
    ]);
    expect(shown('', 'a')).toEqual(['+a']);
    expect(shown('a\nb', '')).toEqual(['-a', '-b']);
    expect(shown('same', 'same')).toEqual(['…']);
  });
});
