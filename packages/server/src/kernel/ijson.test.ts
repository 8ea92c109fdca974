import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIJson } from './ijson.ts';
import { locateOffence } from './ijson-offence.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const says = (input: Uint8Array | string, depthMax?: number) => {
  const read = parseIJson(input, depthMax);
  return read.ok ? 'ok' : read.says;
};

describe('I-JSON', () => {
  it.each([
    ['{"a":1,"b":2,"a":3}', 'the key "a" stands twice in one object (line 1, column 14)'],
    ['{"x":{"k":1,"\\u006b":2}}', 'the key "k" stands twice in one object (line 1, column 13 in /x)'],
    ['{"n":9007199254740993}', 'an integer is beyond ±9007199254740991; send it as a string (line 1, column 6 in /n)'],
    ['{"n":1e400}', 'a number is too large (line 1, column 6 in /n)'],
    ['{"s":"\\ud800"}', 'a string holds half of a surrogate pair (line 1, column 6 in /s)'],
    ['{"\\udc00x":1}', 'a string holds half of a surrogate pair (line 1, column 2)'],
    ['{"__proto__":{}}', 'the key "__proto__" is not allowed (line 1, column 2)'],
    ['{"_\\u005fproto__":{}}', 'the key "__proto__" is not allowed (line 1, column 2)'],
    ['{"a":\n tru}', 'a value was expected (line 2, column 2 in /a)'],
    ['{"a":1', 'a comma or } was expected (line 1, column 7)'],
    ['', 'it ends too early (line 1, column 1)'],
    ['1 2', 'there is text after the end (line 1, column 3)'],
    ['"a\u0001"', 'a control character stands bare in a string (line 1, column 3)'],
  ])('refuses %s', (text, sentence) => {
    expect(says(bytes(text))).toBe(sentence);
  });

  it('refuses what is not UTF-8, and half pairs in a string that never was bytes', () => {
    expect(says(Buffer.from([0x22, 0xff, 0x22]))).toBe('it is not valid UTF-8');
    expect(says('"\ud800"')).toContain('surrogate');
  });

  it('bounds nesting without exhausting the stack', () => {
    expect(says(bytes('['.repeat(64) + ']'.repeat(64)))).toBe('ok');
    expect(says(bytes('['.repeat(65) + ']'.repeat(65)))).toContain('nested more than 64 deep');
    expect(says(bytes('['.repeat(2_000_000)))).toContain('nested more than 64 deep');
  });

  it('takes every JSON value that JavaScript writes, unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'medium' }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__'));
        const read = parseIJson(bytes(text));
        // fast-check writes integers beyond the safe range too; those must be named, the rest must come back.
        if (read.ok) expect(JSON.stringify(read.value)).toBe(text);
        else expect(read.says).toMatch(/integer is beyond|too large/);
      }),
    );
  });

  it('agrees with the slow reader on broken text', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"a"',
      '"b"',
      ':',
      ',',
      '1',
      '"\\ud834\\udd1e"',
      '"\\ud834"',
      ' ',
      'null',
      '"\\\\"',
      '9007199254740992',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(parseIJson(bytes(text)).ok).toBe(locateOffence(text, 64) === undefined);
      }),
      { numRuns: 2000 },
    );
  });
});
