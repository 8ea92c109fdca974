import { expect, it } from 'vitest';
import { cut, listsOf } from './lists.ts';

it('keeps what a page can hold, and cuts long lists of the rest to both ends', () => {
  const small = { to: ['a@x.example', 'b@x.example'] };
  expect(cut(small)).toEqual({ value: small, wasCut: false });
  const to = Array.from({ length: 20_000 }, (_, n) => `contact-${n}@customers.example`);
  const { value, wasCut } = cut({ to, body: 'x' });
  const kept = (value as { readonly to: readonly string[] }).to;
  expect([wasCut, kept.length, kept[0], kept.at(-1)]).toEqual([true, 200, to[0], to.at(-1)]);
});

it('draws the same ten from between, and counts where addresses lead', () => {
  const to = [...Array.from({ length: 500 }, (_, n) => ({ mail: `Ann <c${n}@a.example>` })), { mail: 'x@b.example' }];
  const [list] = listsOf({ to, one: ['x'] }, 'TK-1');
  expect(list).toMatchObject({
    argument: 'to',
    length: 501,
    domains: [
      { domain: 'a.example', count: 500 },
      { domain: 'b.example', count: 1 },
    ],
  });
  expect(list?.random).toHaveLength(10);
  expect(listsOf({ to }, 'TK-1')[0]?.random).toEqual(list?.random);
  expect(listsOf({ to }, 'TK-2')[0]?.random).not.toEqual(list?.random);
});
