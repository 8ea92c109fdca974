import type { ListedTicket } from '@trapkey/contract/api/approvals.ts';
import { expect, it } from 'vitest';
import { grouped } from './grouped.ts';

const ticket = (id: string, group: string) => ({ id, group }) as ListedTicket;

it('keeps the order of the list, with the first of each group standing for all of it', () => {
  const lines = grouped([ticket('1', 'a'), ticket('2', 'b'), ticket('3', 'a'), ticket('4', 'a')], true);
  expect(lines.map(({ ticket: { id }, alike, orMore }) => [id, alike, orMore])).toEqual([
    ['1', 2, true],
    ['2', 0, true],
  ]);
});
