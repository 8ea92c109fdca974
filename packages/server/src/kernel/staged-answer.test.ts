import type { JsonObject } from '@trapkey/contract/json.ts';
import { describe, expect, it } from 'vitest';
import { compileSchema } from './schema.ts';
import { stagedKey, widened } from './staged-answer.ts';

const own: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { tier: { $ref: '#/$defs/tier' } },
  required: ['tier'],
  additionalProperties: false,
  $defs: { tier: { enum: ['A', 'B'] } },
};
const staged = { [stagedKey]: { batch: 'B-1', change: 1, says: 'STAGED' } };

describe('the output schema of a tool whose calls may be staged', () => {
  it('holds for what the tool answers and for a staged call, and for nothing else', () => {
    const wide = widened(own);
    expect(wide?.['type']).toBe('object');
    const validate = compileSchema(wide ?? {});
    expect(validate({ tier: 'A' })).toBeUndefined();
    expect(validate(staged)).toBeUndefined();
    for (const wrong of [{ tier: 'C' }, {}, { [stagedKey]: { batch: 'B-1' } }, { tier: 'A', more: 1 }])
      expect(validate(wrong)).toBeDefined();
  });

  it('is left out where a reference would point elsewhere', () => {
    const pointing = (ref: string): JsonObject => ({ type: 'object', properties: { next: { $ref: ref } } });
    for (const ref of ['#', '#/properties/next', 'https://schemas.example/tier', '#tier']) expect(widened(pointing(ref))).toBeUndefined();
    expect(widened({ type: 'object', $id: 'https://schemas.example/answer' })).toBeUndefined();
  });
});
