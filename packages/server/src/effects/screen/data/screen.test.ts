import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { describe, expect, it } from 'vitest';
import type { DataRules } from '../../../kernel/data.ts';
import { columnKey } from '../../../kernel/data.ts';
import { compileSchema } from '../../../kernel/schema.ts';
import { planFor, type ScreenPlan } from './plan.ts';
import { dataScreened } from './screen.ts';

const rules = (more: Partial<DataRules>): DataRules => ({
  classes: [],
  columns: new Map(),
  denied: new Set(),
  rowsMax: undefined,
  screen: new Map(),
  region: undefined,
  regions: [],
  own: undefined,
  canaries: [],
  ...more,
});

const plan = (more: Partial<DataRules>) => planFor(rules(more), {}) as ScreenPlan;
const denied = plan({ denied: new Set([columnKey('ssn')]) });
const shown = (text: string, by = denied) => dataScreened({ content: [{ type: 'text', text }] }, by, () => true);
const secret = '078-05-1123';

/** The same numbers again and again: a failure can be looked at. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A schema, and a value that it allows, with a denied column and personal data at any depth. */
function made(next: () => number, depth: number): { readonly schema: JsonObject; readonly value: Json } {
  const pick = Math.floor(next() * (depth > 3 ? 5 : 7));
  const strict = next() < 0.5;
  if (pick === 0) return { schema: { type: 'string' }, value: `ask ada${Math.floor(next() * 99)}@example.org` };
  if (pick === 1) return { schema: { type: 'string', ...(strict && { maxLength: 16 }) }, value: '4111111111111111' };
  if (pick === 2) return { schema: { type: 'integer', ...(strict && { minimum: 1 }) }, value: 4111111111111111 };
  if (pick === 3) return { schema: { type: 'string', ...(strict && { format: 'email' }) }, value: 'ada@example.org' };
  if (pick === 4) return { schema: { type: ['boolean', 'null'] }, value: null };
  if (pick === 5) {
    const inner = made(next, depth + 1);
    return { schema: { type: 'array', items: inner.schema, ...(strict && { minItems: 1 }) }, value: [inner.value, inner.value] };
  }
  const [one, other] = [made(next, depth + 1), made(next, depth + 1)];
  const schema = {
    type: 'object',
    properties: { ssn: one.schema, rest: other.schema },
    ...(next() < 0.5 && { required: ['ssn'] }),
    additionalProperties: false,
  };
  return { schema, value: { ssn: one.value, rest: other.value } };
}

describe('an answer with what may not be shown', () => {
  it('is valid against its schema after it was screened, or is withheld; whatever the schema', () => {
    const by = plan({ denied: new Set(['ssn']), screen: new Map([['pii', 'mask']]), rowsMax: 1 });
    const next = random(7);
    let released = 0;
    const runs = Number(process.env['TRAPKEY_SCREEN_RUNS'] ?? 400);
    for (let run = 0; run < runs; run++) {
      const { schema, value } = made(next, 0);
      const validate = compileSchema(schema);
      expect(validate(value)).toBeUndefined();
      const fits = (result: JsonObject) => validate(result['structuredContent']) === undefined;
      const { result, seen } = dataScreened(
        { structuredContent: value, content: [{ type: 'text', text: JSON.stringify(value) }] },
        by,
        fits,
      );
      if (seen.withhold !== undefined) continue;
      released++;
      expect(fits(result), JSON.stringify({ schema, value })).toBe(true);
      expect(JSON.stringify(result)).not.toMatch(/ada\d*@|4111111111111111/);
    }
    expect(released).toBeGreaterThan(runs / 2);
  });

  it.each([
    ['bars', `| id | ssn |\n|---:|:---|\n| 1 | ${secret} |\n\nNothing else.`],
    ['psql', ` id |     ssn     \n----+-------------\n  1 | ${secret}\n(1 row)`],
    ['tabs', `id\tssn\n1\t${secret}`],
    ['quoted commas', `"id","note","SSN"\n"1","a, b","${secret}"`],
    ['lines of JSON', `{"id":1,"ssn":"${secret}"}\n{"id":2,"ssn":"${secret}"}`],
    ['JSON in JSON', JSON.stringify({ body: JSON.stringify({ user: { ssn: secret } }) })],
    ['a name twice', `{"a":{"ssn":"${secret}"},"a":1}`],
    ['columns told apart by spaces', `id   name   ssn\n1    Ada    ${secret}`],
    ['JSON that is cut off', `[{"id":1,"ssn":"${secret}"`],
    ['a row of another width', `id,ssn\n1,x,${secret}`],
  ])('in a text does not get out: %s', (_, text) => {
    const { result, seen } = shown(text);
    if (seen.withhold === undefined) expect(JSON.stringify(result)).not.toContain(secret);
    else expect(seen.withhold).not.toContain(secret);
  });

  it('leaves a text alone that only speaks of it', () => {
    const text = 'The ssn is never shown, and neither is what stands beside it; ask HR.';
    const { result, seen } = shown(text);
    expect(result).toEqual({ content: [{ type: 'text', text }] });
    expect(seen.withhold).toBeUndefined();
  });

  it('is looked at where it is encoded and is text, and left alone where it is an image', () => {
    const blob = Buffer.from(`ssn: ${secret}`).toString('base64');
    const image = Buffer.from([137, 80, 78, 71, 0, 1]).toString('base64');
    const { result } = dataScreened(
      {
        contents: [
          { uri: 'a:b', blob },
          { uri: 'a:c', blob: image },
        ],
      },
      denied,
      () => true,
    );
    const [first, second] = result['contents'] as readonly JsonObject[];
    expect(Buffer.from(String(first?.['blob']), 'base64').toString()).toBe('ssn: [kept back]');
    expect(second?.['blob']).toBe(image);
  });

  it('loses rows of others in tables too, and is withheld where it is of another as a whole', () => {
    const own = plan({ own: { field: 'tenant', values: new Set(['corp']) } });
    expect(shown('id,tenant\n1,corp\n2,globex', own)).toMatchObject({
      result: { content: [{ text: 'id,tenant\n1,corp' }] },
      seen: { foreign: 1 },
    });
    const whole = dataScreened({ structuredContent: { tenant: 'globex', name: 'x' } }, own, () => true);
    expect(whole.seen).toMatchObject({ foreign: 1, withhold: 'it is of somebody else' });
  });
});
