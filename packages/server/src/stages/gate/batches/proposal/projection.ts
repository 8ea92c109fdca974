import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import canonicalize from 'canonicalize';
import type { ExpressionScope, PolicySet, ToolRules } from '../../../../kernel/rules.ts';
import { isObject } from './opened.ts';
import type { BatchRow, ChangeRow } from './store.ts';

/** One field that a change sets. `from` is absent where what was there is not known. */
export interface FieldChange {
  readonly field: string;
  readonly from?: Json;
  readonly to?: Json;
}

/** What a change alters, and what stands beside it: which record it is. */
export interface Diff {
  readonly fields: readonly FieldChange[];
  readonly record: JsonObject;
}

/** The rules that the running policy has for the tool of a change. */
export function rulesFor(
  policy: Partial<Pick<PolicySet, 'connectors'>>,
  change: Pick<ChangeRow, 'connector' | 'tool'>,
): ToolRules | undefined {
  const tools = policy.connectors?.get(change.connector)?.tools;
  return tools?.get(change.tool) ?? tools?.get('*');
}

/** What an expression sees of a staged change. */
export function scopeOf(
  row: BatchRow,
  change: Pick<ChangeRow, 'connector' | 'tool'>,
  args: JsonObject,
  before: Json | undefined,
): ExpressionScope {
  return {
    args,
    person: { id: row.person, groups: [], region: '' },
    plugin: row.plugin,
    release: `${row.plugin}@${row.version}`,
    profile: '',
    run: { id: row.run, started: row.created_at_ms },
    agent: { id: '', depth: 0 },
    tool: change.tool,
    connector: change.connector,
    now: row.created_at_ms,
    ...(isObject(before) && { before }),
  };
}

/**
 * The arguments that would put back what is there: those of `undo` over the before-image, where it is by the same tool.
 * Undefined where nothing tells.
 */
export function asItWas(rules: ToolRules | undefined, scope: ExpressionScope): JsonObject | undefined {
  const undo = rules?.undo;
  if (!undo || !scope.before || undo.tool !== scope.tool) return undefined;
  try {
    return Object.fromEntries(Object.entries(undo.args).map(([key, expression]) => [key, expression.evaluate(scope) as Json]));
  } catch {
    // It names the result, or a field that this record lacks: then nothing tells.
    return undefined;
  }
}

/** The arguments against those that would put back what is there; without them, all that is set. */
export function diffOf(args: JsonObject, was: JsonObject | undefined): Diff {
  if (!was) return { fields: Object.entries(args).map(([field, to]) => ({ field, to })), record: {} };
  const names = [...new Set([...Object.keys(args), ...Object.keys(was)])];
  const same = (name: string) => Object.hasOwn(args, name) && Object.hasOwn(was, name) && text(args[name]) === text(was[name]);
  return {
    fields: names
      .filter((name) => !same(name))
      .map((field) => ({
        field,
        ...(Object.hasOwn(was, field) && { from: was[field] as Json }),
        ...(Object.hasOwn(args, field) && { to: args[field] as Json }),
      })),
    record: Object.fromEntries(names.filter(same).map((name) => [name, args[name] as Json])),
  };
}

function text(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : canonicalize(value);
}
