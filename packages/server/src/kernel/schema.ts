import { createHash } from 'node:crypto';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { Ajv, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import canonicalize from 'canonicalize';
import { RE2JS } from 're2js';
import type { Validate } from './rules.ts';
import { inspectSchema } from './schema-limits.ts';

const cacheMax = 4_000;
const cache = new Map<string, Validate>();

/** Patterns run in linear time: a tool's schema comes from outside, and so does the text that it is run on. */
const linearTime: NonNullable<NonNullable<Options['code']>['regExp']> = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    // Ajv tells patterns apart by their text; without it every pattern of a schema would be the first one.
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => `/${pattern}/` } as unknown as RegExp;
  },
  { code: 'require("re2js").RE2JS.compile' },
);

const options: Options = {
  strict: false,
  logger: false,
  ownProperties: true,
  validateSchema: true,
  messages: true,
  code: { regExp: linearTime, optimize: 1 },
};

interface Dialect {
  readonly uri: RegExp;
  readonly fresh: () => Ajv;
  readonly shared: () => Ajv;
}

const dialects: readonly Dialect[] = [
  dialect(/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/, () => new Ajv2020(options)),
  dialect(/^https?:\/\/json-schema\.org\/draft\/2019-09\/schema#?$/, () => new Ajv2019(options)),
  dialect(/^https?:\/\/json-schema\.org\/draft-0[67]\/schema#?$/, () => new Ajv(options)),
];

function dialect(uri: RegExp, create: () => Ajv): Dialect {
  const fresh = (): Ajv => withFormats(create());
  let shared: Ajv | undefined;
  return { uri, fresh, shared: () => (shared ??= fresh()) };
}

/**
 * Compiles a JSON Schema (2020-12 unless it says otherwise) to a check that answers in words. Throws in words when the
 * schema is not one, is nested too deep, loops, or refers outside itself: nothing is ever fetched.
 */
export function compileSchema(schema: JsonObject): Validate {
  const digest = createHash('sha256').update(JSON.stringify(schema)).digest('base64');
  const known = cache.get(digest);
  if (known) return known;
  const compiled = compile(schema);
  if (cache.size >= cacheMax) cache.delete(cache.keys().next().value ?? '');
  cache.set(digest, compiled);
  return compiled;
}

function compile(schema: JsonObject): Validate {
  const limits = inspectSchema(schema);
  if (schema['$async'] !== undefined) throw new Error('An asynchronous schema cannot be checked');
  const { $schema, ...rest } = schema;
  const spoken = $schema === undefined ? dialects[0] : dialects.find(({ uri }) => typeof $schema === 'string' && uri.test($schema));
  if (!spoken) throw new Error(`The dialect ${String($schema).slice(0, 200)} of JSON Schema is not known here`);
  // A schema with ids gets an instance of its own, so that two schemas can never meet by them.
  const ajv = /"\$(id|anchor|dynamicAnchor)"/.test(JSON.stringify(rest)) ? spoken.fresh() : spoken.shared();
  const validate = ajv.compile(rest);
  ajv.removeSchema(rest);
  return (value) => {
    if (limits.valueDepthMax !== undefined && deeperThan(value, limits.valueDepthMax))
      return `is nested deeper than ${limits.valueDepthMax}, which this recursive schema cannot be checked for`;
    try {
      return validate(value) === true ? undefined : inWords(validate.errors?.[0]);
    } catch {
      return 'is nested too deep to be checked';
    }
  };
}

function inWords(
  error:
    | { readonly instancePath: string; readonly keyword: string; readonly message?: string; readonly params: Record<string, unknown> }
    | undefined,
): string {
  if (!error) return 'does not fit the schema';
  const where =
    error.instancePath === '' ? 'the value' : error.instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
  const { params } = error;
  const detail =
    error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties'
      ? ` (${JSON.stringify(params['additionalProperty'] ?? params['unevaluatedProperty']).slice(0, 80)})`
      : error.keyword === 'enum'
        ? `: ${JSON.stringify(params['allowedValues']).slice(0, 200)}`
        : error.keyword === 'const'
          ? `: ${JSON.stringify(params['allowedValue']).slice(0, 200)}`
          : '';
  return `${where} ${error.message ?? 'does not fit the schema'}${detail}`;
}

function deeperThan(value: unknown, depthMax: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depthMax <= 0) return true;
  return Object.values(value).some((child) => deeperThan(child, depthMax - 1));
}

function withFormats<T extends Ajv>(ajv: T): T {
  (addFormats as unknown as (ajv: Ajv, options: { mode: 'fast' }) => void)(ajv, { mode: 'fast' });
  // Ajv compares every item with every other: a list that fits into one request would hold the process up for hours.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: (wanted: boolean, items: readonly unknown[]) =>
      !wanted || new Set(items.map((item) => canonicalize(item))).size === items.length,
    error: { message: 'must NOT have duplicate items' },
  });
  return ajv;
}
