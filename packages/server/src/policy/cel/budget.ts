import { type CelFunc, CelScalar, celFunc, isCelList, isCelMap, listType } from '@bufbuild/cel';
import { childrenOf, type Expr } from './children.ts';
import { concat } from './growing-list.ts';

/** Steps of one evaluation: a turn of a loop, a call of a function, and what it must look through. Some 100 ms at most. */
export const stepsMax = 50_000;

/** What a step is worth, in elements of a list that are compared, and in characters that a pattern or another function reads. */
const perStep = { elements: 16, matched: 16, characters: 256 } as const;

let left = Number.POSITIVE_INFINITY;

function spend(steps: number): void {
  left -= steps;
  if (left < 0) throw new Error(`it takes more than ${stepsMax} steps over these arguments`);
}

/** Runs one evaluation on a budget of its own. What evaluates is synchronous, so there is one at a time. */
export function withBudget<T>(weight: () => number, run: () => T): T {
  left = stepsMax;
  weigh = weight;
  try {
    return run();
  } finally {
    left = Number.POSITIVE_INFINITY;
    weigh = none;
  }
}

const none = () => 0;
/** How many values the arguments hold: what comparing two of them can look through. */
let weigh: () => number = none;

/** The same function, paid for. What reads a text is paid before it runs, the rest by what it gave. */
export function metered(func: CelFunc): CelFunc {
  const reads = func.target === CelScalar.STRING ? (func.name === 'matches' ? perStep.matched : perStep.characters) : undefined;
  const call: CelFunc['call'] = (id, target, args) => {
    if (reads !== undefined && typeof target === 'string') spend(target.length / reads);
    const result = func.call(id, target, args);
    if (result !== undefined) spend(1 + looked(func.name, args) + read(result));
    return result;
  };
  return Object.create(func, { call: { value: call } }) as CelFunc;
}

function looked(name: string, args: readonly unknown[]): number {
  const texts = args.reduce<number>((steps, arg) => steps + read(arg), 0);
  if (name !== '@in' && name !== '_==_' && name !== '_!=_') return texts;
  const [one, other] = args;
  if (isCelList(one) || isCelMap(one)) return weigh() / perStep.elements;
  return name === '@in' && isCelList(other) ? texts + other.size / perStep.elements : texts;
}

function read(value: unknown): number {
  return typeof value === 'string' ? value.length / perStep.characters : 0;
}

const { DYN } = CelScalar;
const LIST = listType(DYN);

/** Functions that stand in for slower ones, and `@turn`, which a loop calls each time around. */
export const ownFuncs: readonly CelFunc[] = [
  celFunc('@turn', [DYN], DYN, (condition) => condition),
  celFunc('_+_', [LIST, LIST], LIST, concat),
];

/** Makes every loop of a parsed expression pay for each time around. */
export function countTurns(expr: Expr | undefined): void {
  for (const child of childrenOf(expr)) countTurns(child);
  if (expr?.exprKind.case !== 'comprehensionExpr') return;
  const loop = expr.exprKind.value;
  for (const part of [loop.iterRange, loop.accuInit, loop.loopCondition, loop.loopStep, loop.result]) countTurns(part);
  if (loop.loopCondition) loop.loopCondition = turning(loop.loopCondition);
}

function turning(condition: Expr): Expr {
  const call = { $typeName: 'cel.expr.Expr.Call', function: '@turn', args: [condition] } as const;
  return { ...condition, exprKind: { case: 'callExpr', value: call as never } };
}
