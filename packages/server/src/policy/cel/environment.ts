import { CelScalar, celEnv, celFunc, mapType } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { RE2JS } from 're2js';
import { metered, ownFuncs } from './budget.ts';

const { INT, DOUBLE, BOOL, DYN } = CelScalar;
const MAP = mapType(DYN, DYN);

/** A list file as CEL sees it: a map from each value to true, so that `in` is one look-up. */
export type ListValues = ReadonlyMap<string, true>;

const patternsMax = 2_000;
const patterns = new Map<string, RE2JS>();

/** Compiles a pattern in linear-time syntax; throws in words. Bounded, because a pattern may come from arguments. */
export function linearPattern(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known) return known;
  const compiled = RE2JS.compile(pattern);
  if (patterns.size >= patternsMax) patterns.clear();
  patterns.set(pattern, compiled);
  return compiled;
}

// JSON numbers are doubles in CEL and literals are ints; without these, `args.n + 1` would refuse every call.
const mixed = (['_+_', '_-_', '_*_', '_/_'] as const).flatMap((name) => {
  const apply = (a: number, b: number): number => (name === '_+_' ? a + b : name === '_-_' ? a - b : name === '_*_' ? a * b : a / b);
  return [
    celFunc(name, [INT, DOUBLE], DOUBLE, (a, b) => apply(Number(a), b)),
    celFunc(name, [DOUBLE, INT], DOUBLE, (a, b) => apply(a, Number(b))),
  ];
});

// A list file holds text. A number in the arguments must still meet its entry: missing it would open a deny list.
const inMaps = [
  celFunc('@in', [INT, MAP], BOOL, (value, map) => map.has(value) || map.has(String(value))),
  celFunc('@in', [DOUBLE, MAP], BOOL, (value, map) => map.has(value) || map.has(String(value))),
];

const unmetered = celEnv({
  funcs: [...strings, ...mixed, ...inMaps, ...ownFuncs],
  re2: { compile: (pattern) => ({ test: (text) => linearPattern(pattern).matcher(text).find() }) },
});

/** The functions that expressions of the policy may use: CEL's own, its string extension, and linear-time `matches`; each paid for. */
export const environment = celEnv({ funcs: [...unmetered.funcs].map(metered) });
