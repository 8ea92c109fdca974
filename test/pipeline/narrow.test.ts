import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileSchema } from '../../packages/server/src/kernel/schema.ts';
import { narrowed } from '../../packages/server/src/pipeline/narrow.ts';

const scalar: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ type: fc.constantFrom('string', 'integer', 'number', 'boolean') }, { requiredKeys: [] }),
  fc.record({ minimum: fc.integer({ min: 0, max: 4 }), maximum: fc.integer({ min: 0, max: 6 }) }, { requiredKeys: [] }),
  fc.record(
    { minLength: fc.nat(2), maxLength: fc.integer({ min: 0, max: 3 }), pattern: fc.constantFrom('^a', 'b$') },
    { requiredKeys: [] },
  ),
  fc.record({ enum: fc.uniqueArray(fc.constantFrom<Json>('a', 'ab', 1, 2, true), { minLength: 1 }) }),
  fc.record({ const: fc.constantFrom<Json>('a', 1) }),
  fc.record({ anyOf: fc.constant([{ type: 'string' }, { minimum: 3 }] as Json) }),
  fc.record({ not: fc.constant({ const: 'a' } as Json) }),
);

const object: fc.Arbitrary<JsonObject> = fc.record(
  {
    type: fc.constant('object'),
    properties: fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.oneof(scalar, fc.boolean()), { maxKeys: 3 }),
    required: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 2 }),
    additionalProperties: fc.oneof(fc.boolean(), scalar),
    patternProperties: fc.dictionary(fc.constantFrom('^x', 'z'), scalar, { maxKeys: 1 }),
    minProperties: fc.nat(2),
    allOf: fc.array(fc.record({ required: fc.constant(['x'] as Json) }), { minLength: 1, maxLength: 1 }),
  },
  { requiredKeys: [] },
);

const value = fc.dictionary(fc.constantFrom('x', 'y', 'z', 'w'), fc.constantFrom<Json>('a', 'ab', 'b', '', 0, 1, 2, 5, true, null), {
  maxKeys: 4,
});

test('a narrowed schema holds exactly when both do', () => {
  let [valid, invalid] = [0, 0];
  const exact = fc.property(object, object, fc.array(value, { minLength: 5, maxLength: 20 }), (own, overlay, values) => {
    const check = compileSchema(narrowed(own, overlay));
    const [mine, theirs] = [compileSchema(own), compileSchema(overlay)];
    for (const one of values) {
      const both = mine(one) === undefined && theirs(one) === undefined;
      if (both) valid++;
      else invalid++;
      expect(check(one) === undefined).toBe(both);
    }
  });
  fc.assert(exact, { numRuns: 1_500 });
  expect(Math.min(valid, invalid)).toBeGreaterThan(100);
});

test('a pattern laid over a string stands beside its type', () => {
  const own = { type: 'object', properties: { id: { type: 'string', description: 'Account' } }, required: ['id'] };
  expect(narrowed(own, { properties: { id: { pattern: '^[0-9]+$' } } })).toEqual({
    type: 'object',
    properties: { id: { type: 'string', description: 'Account', pattern: '^[0-9]+$' } },
    required: ['id'],
  });
});
