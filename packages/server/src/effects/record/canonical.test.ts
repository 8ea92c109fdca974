import type { EntryFields } from '@trapkey/contract/entry.ts';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, lineOf } from './canonical.ts';
import { canonicalText } from './sealing.ts';
import { shownFields } from './show.ts';

// Whole code points and halves of surrogate pairs, quotes, controls: whatever a client can send.
const text = fc.string({ unit: 'binary', maxLength: 12 });
const anyText = fc.oneof(
  text,
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 6 }),
);
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));

/** A value for each field that has a shape of its own; every other field is text. */
const shaped: Partial<Record<keyof EntryFields, fc.Arbitrary<unknown>>> = {
  timestamp: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') }).map((date) => date.toISOString()),
  agent: fc.record({ parent: anyText, id: anyText, depth: fc.nat() }),
  amount: fc.option(fc.record({ micro_units: fc.nat(), currency: anyText })),
  approval: fc.option(anyText),
  assurance: fc.dictionary(fc.constantFrom('plugin', 'on_behalf_of', 'agent', 'model'), fc.constantFrom('proved', 'claimed')),
  attempt: fc.nat(),
  count: fc.nat(),
  data_sources: fc.array(anyText),
  decide_ms: number,
  held_ms: number,
  probe: fc.record({ tool: anyText, for: anyText, connector: anyText }),
  reach: fc.option(number),
  result: fc.record({ screened: fc.array(anyText), bytes: fc.nat(), digest: anyText }, { requiredKeys: ['bytes'] }),
  reversible: fc.boolean(),
  upstream_ms: number,
  would: fc.array(fc.record({ verdict: anyText, rule: anyText, mode: anyText, code: anyText })),
};
const fields = shownFields.filter((field) => field !== 'entry') as (keyof EntryFields)[];
const entries = fc.record(Object.fromEntries(fields.map((field) => [field, shaped[field] ?? anyText])), {
  requiredKeys: ['timestamp', 'kind'],
}) as unknown as fc.Arbitrary<EntryFields>;

function wellFormed<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, item) => (typeof item === 'string' ? item.toWellFormed() : item));
}

describe('canonical bytes', () => {
  it('of every entry are those of RFC 8785, whatever is in it and in whatever order', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.boolean(), (fieldsInOrder, entry, turned) => {
        const given = turned ? (Object.fromEntries(Object.entries(fieldsInOrder).reverse()) as unknown as EntryFields) : fieldsInOrder;
        expect(bytesOf(lineOf(given), entry)).toBe(canonicalize(wellFormed({ ...given, entry })));
      }),
      { numRuns: 1_000 },
    );
  });

  it('hold every field of an entry', () => {
    const all = Object.fromEntries(
      fields.map((field) => [field, field === 'timestamp' ? '2026-06-06T14:22:08.114Z' : field === 'would' ? [] : `value of ${field}`]),
    );
    const parsed = JSON.parse(bytesOf(lineOf(all as unknown as EntryFields), 7)) as object;
    expect(Object.keys(parsed).sort()).toEqual([...shownFields].sort());
  });

  it('of every payload are those of RFC 8785', () => {
    const key = fc.oneof(text, fc.nat().map(String), fc.constantFrom('__proto__', 'constructor', 'a', 'B'));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 5 }, text, number, fc.boolean(), fc.constant(null), tie('array'), tie('object')),
      array: fc.array(tie('value'), { maxLength: 4 }),
      object: fc
        .array(fc.tuple(key, tie('value')), { maxLength: 5 })
        .map(
          (members) =>
            JSON.parse(`{${members.map(([name, item]) => `${JSON.stringify(name)}:${JSON.stringify(item)}`).join(',')}}`) as unknown,
        ),
    }));
    fc.assert(
      fc.property(value, (payload) => {
        expect(canonicalText(payload as never)).toBe(canonicalize(wellFormed(payload)));
      }),
      { numRuns: 2_000 },
    );
  });
});
