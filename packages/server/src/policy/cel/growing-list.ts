import { type CelList, type CelValue, isCelList } from '@bufbuild/cel';

const listSymbol: unique symbol = Symbol.for('@bufbuild/cel/list') as never;

/**
 * A list that the next one appends to without copying: a loop that gathers what it found takes linear time. Each list
 * sees only its own length, so what is appended later changes none that was there before.
 */
class GrowingList {
  readonly [listSymbol] = {};
  readonly size: number;
  readonly #values: CelValue[];

  constructor(values: CelValue[]) {
    this.#values = values;
    this.size = values.length;
  }

  get(index: number): CelValue | undefined {
    return index >= 0 && index < this.size ? this.#values[index] : undefined;
  }

  *values(): IterableIterator<CelValue> {
    for (let i = 0; i < this.size; i++) yield this.#values[i] as CelValue;
  }

  [Symbol.iterator](): IterableIterator<CelValue> {
    return this.values();
  }

  with(more: Iterable<CelValue>): GrowingList {
    const values = this.#values.length === this.size ? this.#values : this.#values.slice(0, this.size);
    for (const value of [...more]) values.push(value);
    return new GrowingList(values);
  }
}

/** Both lists, one after the other. */
export function concat(one: CelList, other: CelList): CelList {
  const grown = one instanceof GrowingList ? one : new GrowingList([...one]);
  const both = grown.with(other);
  if (!isCelList(both)) throw new Error('lists cannot be joined');
  return both as CelList;
}
