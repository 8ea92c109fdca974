import type { parse } from '@bufbuild/cel';
import { environment } from './environment.ts';

type Expr = NonNullable<ReturnType<typeof parse>['expr']>;

/** What an expression must give. `count` is a whole number from 0 up. */
export type Wanted = 'boolean' | 'count' | 'number' | 'string' | 'strings' | 'any';

/** The type that an expression certainly has, from its outermost step; undefined where only a call will tell. */
function certainType(expr: Expr): string | undefined {
  const kind = expr.exprKind;
  switch (kind.case) {
    case 'constExpr':
      return constants[kind.value.constantKind.case ?? ''];
    case 'listExpr':
      return 'list';
    case 'structExpr':
      return 'map';
    case 'selectExpr':
      return kind.value.testOnly ? 'bool' : undefined;
    case 'callExpr': {
      const { function: name, args } = kind.value;
      if (name === '_&&_' || name === '_||_') return 'bool';
      if (name === '_?_:_') {
        const both = [args[1], args[2]].map((branch) => branch && certainType(branch));
        return both[0] === both[1] ? both[0] : undefined;
      }
      const results = new Set([...(environment.funcs.find(name) ?? [])].map((func) => func.result.name));
      return results.size === 1 && !results.has('dyn') ? [...results][0] : undefined;
    }
    case 'comprehensionExpr':
      return loopType(kind.value);
    default:
      return undefined;
  }
}

/** A loop gives what it gathered (`all`, `map`) or something made of it (`exists_one`). */
function loopType(loop: Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value']): string | undefined {
  const result = loop.result?.exprKind;
  const gathered = result?.case === 'identExpr' && result.value.name === loop.accuVar ? loop.accuInit : loop.result;
  return gathered && certainType(gathered);
}

const constants: Readonly<Record<string, string>> = {
  boolValue: 'bool',
  int64Value: 'int',
  uint64Value: 'uint',
  doubleValue: 'double',
  stringValue: 'string',
  bytesValue: 'bytes',
  nullValue: 'null_type',
};

const fits: Readonly<Record<Exclude<Wanted, 'any'>, readonly string[]>> = {
  boolean: ['bool'],
  count: ['int', 'uint', 'double'],
  number: ['int', 'uint', 'double'],
  string: ['string'],
  strings: ['list'],
};

/** A sentence when an expression can never give what is wanted. */
export function typeProblem(expr: Expr, wanted: Wanted): string | undefined {
  if (wanted === 'any') return undefined;
  const certain = certainType(expr);
  if (certain === undefined || fits[wanted].includes(certain)) return undefined;
  return `It gives ${certain}, and ${inWords[wanted]} is asked for here`;
}

/** A wanted type, for a sentence. */
export const inWords: Readonly<Record<Wanted, string>> = {
  boolean: 'true or false',
  count: 'a whole number from 0 up',
  number: 'a number',
  string: 'text',
  strings: 'a list of text',
  any: 'any value',
};
