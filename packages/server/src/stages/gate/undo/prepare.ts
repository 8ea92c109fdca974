import type { Effect } from '@trapkey/contract/codes.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import canonicalize from 'canonicalize';
import { PolicyError } from '../../../kernel/errors.ts';
import { rulesOf } from '../../../kernel/operation.ts';
import { exactResultOf } from '../../../kernel/result-of.ts';
import type { Expression, ExpressionScope, PolicySet, ToolRules, UndoRule } from '../../../kernel/rules.ts';
import type { ChangeDigests } from '../batches/images.ts';
import { isObject } from '../batches/proposal/opened.ts';
import type { MadeRow } from './read.ts';

/** A change that can be taken back, as the policy of now says how. */
export interface Prepared {
  readonly tool: string;
  readonly args: JsonObject;
  /** What the change itself was called with. */
  readonly made: JsonObject;
  /** What was there before; undefined where its tool reads nothing. */
  readonly before: Json | undefined;
  /** The record, by its keyed digest; undefined where its tool reads nothing. */
  readonly target: string | undefined;
  /** The call that takes it back reads the same before it changes anything, so that the gate compares it. */
  readonly gateReads: boolean;
  /** Whether the record, as it stands, has what the change set. */
  readonly asLeft: (now: Json) => boolean;
  /** The call may be sent twice: its tool is idempotent, or knows calls by a key. */
  readonly twice: boolean;
}

/** Computes the call that takes a change back; or says why there is none. */
export function prepare(
  policy: Pick<PolicySet, 'connectors' | 'directory'>,
  digests: Pick<ChangeDigests, 'target'>,
  made: MadeRow,
  payloads: ReadonlyMap<string, Json>,
): Prepared | { readonly says: string } {
  const named = `${made.connector}.${made.tool}`;
  const connector = policy.connectors.get(made.connector);
  const rules = connector && rulesOf(connector, { method: 'tools/call', name: made.tool, extra: {} });
  if (!connector || !rules) return { says: `The policy does not list ${named} any more` };
  if (!rules.undo) return { says: `${wasWhat[rules.effect] ?? `The policy names no call that takes ${named} back`}` };
  const frozen = payloads.get(made.arguments);
  const args = isObject(frozen) ? frozen['arguments'] : undefined;
  if (!isObject(args)) return { says: 'What it sent is not held any more' };
  const before = made.before_sealed === null ? undefined : payloads.get(made.before_sealed);
  if (made.before_sealed !== null && before === undefined) return { says: 'What was there before is not held any more' };
  try {
    const scope = scopeOf(policy, made, args, { before, result: resultIn(rules.undo, made, payloads) });
    const undo = argsOf(rules.undo.args, scope);
    const by = connector.tools.get(rules.undo.tool);
    const target = before === undefined ? undefined : targetOf(digests, rules, scope);
    return {
      tool: rules.undo.tool,
      args: undo,
      made: args,
      before,
      target,
      gateReads: target !== undefined && by !== undefined && target === targetOf(digests, by, { ...scope, tool: by.name, args: undo }),
      asLeft: (now) => setsTheSame(rules, made.tool, args, { ...scope, ...(isObject(now) && { before: now }) }),
      twice: by?.idempotent === true || by?.idempotencyArgument !== undefined,
    };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { says: `The call that takes it back cannot be computed: ${error.message}` };
  }
}

const wasWhat: Readonly<Partial<Record<Effect, string>>> = {
  send: 'It was sent',
  pay: 'It was paid',
  execute: 'It ran, and policy names no call that takes it back',
};

/** The record that a call changes: how its tool reads it. */
function targetOf(digests: Pick<ChangeDigests, 'target'>, { before }: ToolRules, scope: ExpressionScope): string | undefined {
  return before && digests.target({ connector: before.connector, tool: before.tool, args: argsOf(before.args, scope) });
}

/** What `result` is, where the rule asks for it. */
function resultIn(undo: UndoRule, made: MadeRow, payloads: ReadonlyMap<string, Json>): JsonObject | undefined {
  if (!Object.values(undo.args).some(({ mentions }) => mentions.has('result'))) return undefined;
  const answer = made.result === null ? undefined : payloads.get(made.result);
  if (!isObject(answer)) throw new PolicyError(undo.rule, 'what it answered is not held any more');
  return exactResultOf(answer, undo.rule);
}

function scopeOf(
  { directory }: Pick<PolicySet, 'directory'>,
  made: MadeRow,
  args: JsonObject,
  known: { readonly before: Json | undefined; readonly result: JsonObject | undefined },
): ExpressionScope {
  const person = directory.get(made.person.toLowerCase());
  return {
    args,
    person: { id: made.person, groups: person?.groups ?? [], region: person?.region ?? '' },
    plugin: made.plugin,
    release: `${made.plugin}@${made.version}`,
    profile: '',
    run: { id: made.run, started: made.at_ms },
    agent: { id: '', depth: 0 },
    tool: made.tool,
    connector: made.connector,
    now: made.at_ms,
    ...(made.reach !== null && { reach: made.reach }),
    ...(isObject(known.before) && { before: known.before }),
    ...(known.result && { result: known.result }),
  };
}

function argsOf(args: Readonly<Record<string, Expression<unknown>>>, scope: ExpressionScope): JsonObject {
  return Object.fromEntries(Object.entries(args).map(([name, expression]) => [name, expression.evaluate(scope) as Json]));
}

/** Whether taking the record as it stands back would be the change itself: then it has what the change gave it. */
function setsTheSame({ undo }: ToolRules, tool: string, args: JsonObject, scope: ExpressionScope): boolean {
  if (!undo || undo.tool !== tool || !scope.before) return false;
  try {
    return canonicalize(argsOf(undo.args, scope)) === canonicalize(args);
  } catch {
    return false;
  }
}

/** The payloads that preparing it opens. */
export function digestsOf(made: MadeRow): readonly string[] {
  return [made.arguments, made.before_sealed, made.after_sealed, made.result].filter((digest) => digest !== null);
}
