import { expect, it } from 'vitest';
import { counted, singular } from './counted.ts';

it('counts one as one', () => {
  expect([0, 1, 2_310].map((many) => counted(many, 'entry', 'entries'))).toEqual(['0 entries', '1 entry', '2,310 entries']);
});

it.each([
  ['contacts', 'contact'],
  ['entities', 'entity'],
  ['boxes', 'box'],
  ['people', 'person'],
  ['addresses', 'address'],
  ['cases', 'case'],
  ['status', 'status'],
  ['access', 'access'],
  ['of', 'of'],
])('%s is %s for one', (several, one) => expect(singular(several)).toBe(one));
