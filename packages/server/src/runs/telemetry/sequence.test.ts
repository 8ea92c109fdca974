import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Epoch, missing, note } from './sequence.ts';

const noteAll = (numbers: readonly (readonly [number, number])[]) => {
  let epochs: readonly Epoch[] = [];
  let fresh = 0;
  for (const [sequence, atMs] of numbers) {
    const noted = note(epochs, sequence, atMs);
    epochs = noted.epochs;
    fresh += Number(noted.fresh);
  }
  return { missing: missing(epochs), fresh, epochs: epochs.length };
};
const at = (sequence: number, startMs = 0) => [sequence, startMs + sequence * 1_000] as const;

it('counts what is missing in any order, and nothing twice', () => {
  const numbers = [1, 2, 3, 5, 6, 9, 10].map((one) => at(one));
  fc.assert(
    fc.property(fc.shuffledSubarray([...numbers, ...numbers], { minLength: 14 }), (order) => {
      expect(noteAll(order)).toEqual({ missing: 3, fresh: 7, epochs: 1 });
    }),
  );
});

it('takes a counter that begins again later for another one', () => {
  const again = [1, 2, 3].map((one) => at(one, 3_600_000));
  expect(noteAll([at(1), at(2), at(3), at(4), ...again, ...again])).toEqual({ missing: 0, fresh: 7, epochs: 2 });
});

it('stays small however many holes there are', () => {
  expect(noteAll(Array.from({ length: 1_000 }, (_, i) => at(i * 2)))).toMatchObject({ missing: 63, fresh: 1_000, epochs: 1 });
});
