import { expect, it } from 'vitest';
import { z } from 'zod';
import { readFilters } from './filters.ts';

const schema = z.object({
  view: z.enum(['all', 'mine']).default('all'),
  tier: z.enum(['low', 'high']).optional(),
  person: z.string().optional(),
});

it('leaves out what cannot be read, says so, and keeps the rest', () => {
  expect(readFilters(schema, { tier: 'purple', person: 'ann', view: 'mine', other: 'x' })).toEqual({
    filters: { view: 'mine', person: 'ann' },
    wrong: ['tier=purple'],
  });
  expect(readFilters(schema, { view: 'none' })).toEqual({ filters: { view: 'all' }, wrong: ['view=none'] });
});
