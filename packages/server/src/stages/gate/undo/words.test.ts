import { expect, test } from 'vitest';
import { countWords } from './words.ts';

test.each([
  [
    { possible: 412, conflict: 3, lasting: 2, unclear: 1 },
    '412 changes can be undone, 3 changed since and were left out, 2 cannot be undone and 1 is unknown.',
  ],
  [{ possible: 1 }, '1 change can be undone.'],
  [{ same: 2, barred: 1, elsewhere: 1 }, '2 are as before already, 1 was refused by policy and 1 is taken back by another undo.'],
  [{}, 'There is nothing to undo.'],
] as const)('what can be done, in a sentence: %o', (counts, says) => {
  expect(countWords(counts, 'looked')).toBe(says);
});

test.each([
  [{ undone: 410, failed: 1, unknown: 1 }, '410 changes were undone, 1 failed and of 1 nobody knows whether it was undone: look there.'],
  [{ undone: 1, left: 2 }, '1 change was undone and 2 were left as they are.'],
  [{}, 'Nothing was undone.'],
] as const)('what was done, in a sentence: %o', (counts, says) => {
  expect(countWords(counts, 'ended')).toBe(says);
});
