import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSchema } from './schema.ts';

describe('what a schema says', () => {
  test('each pattern of a schema is its own', () => {
    const validate = compileSchema({
      properties: { id: { type: 'string', pattern: '^[0-9]{4}$' }, word: { type: 'string', pattern: '^[a-z]+$' } },
    });
    expect(validate({ id: '4821', word: 'abc' })).toBeUndefined();
    expect(validate({ id: 'abcd', word: 'abc' })).toBe('id must match pattern "^[0-9]{4}$"');
    expect(validate({ id: '4821', word: '4821' })).toBe('word must match pattern "^[a-z]+$"');
  });

  test('a pattern that would backtrack forever answers', () => {
    const validate = compileSchema({ type: 'string', pattern: '^(a+)+$' });
    expect(validate('a'.repeat(20_000))).toBeUndefined();
    expect(validate(`${'a'.repeat(20_000)}!`)).toContain('must match pattern');
  });

  test('names of the prototype are no properties', () => {
    expect(compileSchema({ type: 'object', required: ['toString'] })({})).toContain("must have required property 'toString'");
    expect(compileSchema({ type: 'object', properties: { constructor: { type: 'string' } } })({})).toBeUndefined();
  });

  test('older dialects are read as they were meant', () => {
    const draft7 = compileSchema({
      $schema: 'http://json-schema.org/draft-07/schema#',
      items: [{ type: 'string' }],
      additionalItems: false,
    });
    expect(draft7(['a'])).toBeUndefined();
    expect(draft7(['a', 'b'])).toBeDefined();
  });

  test('two schemas with one id do not meet', () => {
    expect(compileSchema({ $id: 'https://x.example/s', type: 'string' })('a')).toBeUndefined();
    expect(compileSchema({ $id: 'https://x.example/s', type: 'number' })('a')).toBeDefined();
  });

  test('a recursive schema is checked, to a depth that stays cheap', () => {
    const tree = compileSchema({ type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } });
    expect(tree({ children: [{ children: [] }] })).toBeUndefined();
    expect(tree({ children: [{ children: [7] }] })).toBe('children.0.children.0 must be object');
    let deep: unknown = {};
    for (let i = 0; i < 50; i++) deep = { children: [deep] };
    expect(tree(deep)).toContain('nested deeper than');
  });

  test('alternatives that multiply along a recursive schema stay cheap', () => {
    const branch = { properties: { next: { $ref: '#' } } };
    const schema = { anyOf: Array.from({ length: 8 }, () => branch), not: { required: ['never'] } };
    let deep: unknown = { never: true };
    for (let i = 0; i < 40; i++) deep = { next: deep };
    expect(compileSchema(schema)(deep)).toContain('nested deeper than');
  });
});

describe('what is no schema for Trapkey', () => {
  const refused: readonly (readonly [string, Parameters<typeof compileSchema>[0], string])[] = [
    ['refers to the network', { $ref: 'https://elsewhere.example/schema.json' }, 'only references inside it'],
    ['refers to a file', { properties: { a: { $ref: 'other.json#/a' } } }, 'only references inside it'],
    ['refers to what it lacks', { $ref: '#/$defs/none' }, 'does not have'],
    ['refers to itself at once', { $ref: '#' }, 'refers to itself'],
    [
      'refers to itself in a circle',
      { $defs: { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' },
      'refers to itself',
    ],
    ['speaks an unknown dialect', { $schema: 'https://elsewhere.example/dialect' }, 'is not known here'],
    ['is asynchronous', { $async: true }, 'asynchronous'],
    ['is malformed', { type: 'strin' }, 'schema is invalid'],
    ['has a pattern that needs backtracking', { type: 'string', pattern: '(a)\\1' }, 'invalid escape sequence'],
  ];
  test.each(refused)('one that %s', (_, schema, says) => {
    expect(() => compileSchema(schema)).toThrow(says);
  });

  test('one that is nested too deep', () => {
    let schema: Parameters<typeof compileSchema>[0] = { type: 'string' };
    for (let i = 0; i < 60; i++) schema = { properties: { a: schema } };
    expect(() => compileSchema(schema)).toThrow('nested deeper');
  });

  test('one whose parts double with every reference', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [
        `a${i}`,
        i < 29 ? { allOf: [{ $ref: `#/$defs/a${i + 1}` }, { $ref: `#/$defs/a${i + 1}` }] } : { type: 'string' },
      ]),
    );
    expect(() => compileSchema({ $ref: '#/$defs/a0', $defs })).toThrow('combines more than');
  });
});

test('whatever comes in, a compiled schema answers', () => {
  const validate = compileSchema({
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'array', items: { enum: ['x'] } } },
    additionalProperties: false,
  });
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const said = validate(value);
      expect(said === undefined || said.length > 0).toBe(true);
    }),
  );
});
