import { type CelInput, type CelValue, isCelError, isCelList, isCelMap, isCelUint, parse, plan } from '@bufbuild/cel';
import { PolicyError } from '../../kernel/errors.ts';
import type { Expression, ExpressionScope } from '../../kernel/rules.ts';
import { countTurns, withBudget } from './budget.ts';
import { environment, type ListValues } from './environment.ts';
import { inspect, type Names } from './inspect.ts';
import { inWords, typeProblem, type Wanted } from './result-type.ts';

export type Compiled<T> =
  | { readonly ok: true; readonly expression: Expression<T> }
  | { readonly ok: false; readonly says: string; readonly nearest?: string };

interface Results {
  readonly boolean: boolean;
  readonly count: number;
  readonly number: number;
  readonly string: string;
  readonly strings: readonly string[];
  readonly any: unknown;
}

export interface ExpressionContext {
  readonly id: string;
  readonly names: Names;
  readonly lists: ReadonlyMap<string, ListValues>;
}

type Run = (bindings: Record<string, CelInput>) => CelValue;

const plansMax = 10_000;
const plans = new Map<string, Run>();

/** Plans a text once: rules that many tools share are one thing in memory, and in the processor's caches. */
function planned(source: string, parsed: ReturnType<typeof parse>): Run {
  const known = plans.get(source);
  if (known) return known;
  countTurns(parsed.expr);
  const run = plan(environment, parsed) as Run;
  if (plans.size >= plansMax) plans.clear();
  plans.set(source, run);
  return run;
}

const timestamp = plan(environment, parse('timestamp(at)'));
const listMax = 10_000;

/** Compiles an expression at load: every name, function and constant pattern is known, and its type can be what is asked for. */
export function compileExpression<W extends Wanted>(source: string, wanted: W, context: ExpressionContext): Compiled<Results[W]> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(source);
  } catch (error) {
    return { ok: false, says: `The expression cannot be read: ${error instanceof Error ? error.message : 'it is malformed'}` };
  }
  const { mentions, problems } = inspect(parsed.expr, context.names);
  const first = problems[0];
  if (first) return { ok: false, ...first };
  const wrongType = typeProblem(parsed.expr, wanted);
  if (wrongType) return { ok: false, says: wrongType };
  const run = planned(source, parsed);
  const evaluate = (scope: ExpressionScope): Results[W] => {
    const value = withBudget(
      () => valuesIn(scope.args) + valuesIn(scope.result) + valuesIn(scope.row),
      () => run(bind(scope, mentions, context.lists)),
    );
    if (isCelError(value)) throw new PolicyError(context.id, value.message);
    const result = toResult(value, wanted);
    if (result === undefined) throw new PolicyError(context.id, `it gave something else than ${inWords[wanted]}`);
    return result as Results[W];
  };
  return { ok: true, expression: { id: context.id, source, mentions, evaluate } };
}

/** Only what the expression mentions; times become CEL timestamps, so that `now - run.started < duration('1h')` works. */
function bind(scope: ExpressionScope, mentions: ReadonlySet<string>, lists: ReadonlyMap<string, ListValues>): Record<string, CelInput> {
  const bindings: Record<string, CelInput> = {};
  for (const name of mentions) {
    if (name === 'lists') bindings[name] = lists as unknown as CelInput;
    else if (name === 'now') bindings[name] = instant(scope.now);
    else if (name === 'run') bindings[name] = { id: scope.run.id, started: instant(scope.run.started) };
    else {
      const value = scope[name as keyof ExpressionScope];
      if (value !== undefined) bindings[name] = value as CelInput;
    }
  }
  return bindings;
}

/** How many values stand in it, at any depth. */
function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((count, child) => count + valuesIn(child), 1);
}

function instant(atMs: number): CelInput {
  return timestamp({ at: new Date(atMs).toISOString() }) as CelInput;
}

function toResult(value: CelValue, wanted: Wanted): unknown {
  switch (wanted) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'number':
    case 'count': {
      const number = typeof value === 'bigint' ? Number(value) : isCelUint(value) ? Number(value.value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
      return wanted === 'count' && (!Number.isSafeInteger(number) || number < 0) ? undefined : number;
    }
    case 'strings': {
      if (!isCelList(value) || value.size > listMax) return undefined;
      const texts = [...value];
      return texts.every((text) => typeof text === 'string') ? texts : undefined;
    }
    case 'any':
      return toJson(value);
  }
}

function toJson(value: CelValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (isCelUint(value)) return Number(value.value);
  if (isCelList(value)) return [...value].map(toJson);
  if (isCelMap(value)) return Object.fromEntries([...value.entries()].map(([key, child]) => [String(key), toJson(child)]));
  return value === null || ['string', 'number', 'boolean'].includes(typeof value) ? value : undefined;
}
