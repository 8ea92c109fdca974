import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import canonicalize from 'canonicalize';
import type { ShownThrough } from '../../../kernel/batches.ts';
import { expressionScope } from '../../../kernel/expression-scope.ts';
import type { Facts, Moment } from '../../../kernel/facts.ts';
import type { OverlayRule } from '../../../kernel/rules.ts';
import type { Pending, PendingChange } from './pending.ts';

const namedMax = 5;

/**
 * The answer of a read as its run would find it were its staged changes made, or a note that they are not in it. Nothing is
 * changed of an answer that would not fit its own schema any more.
 */
export function shownThrough(facts: Facts, result: JsonObject, pending: Pending, moment: Moment): ShownThrough | undefined {
  const { permitted, subject } = facts;
  const connection = ({ tool }: PendingChange) => moment.policy.connectors.get(tool.slice(0, tool.indexOf('.')))?.connection;
  const here = pending.changes.filter((change) => connection(change) === subject.connector.connection);
  const rule = permitted.rules.overlays;
  const mine = rule ? here.filter(({ tool }) => tool === rule.of) : [];
  const notes: string[] = [];
  let shown = result;
  if (rule && mine.length > 0) {
    const { found, set } = matching(facts, rule, mine, moment);
    const laid = found.length > 0 ? laidOver(result, set, permitted.pinned.validateOutput) : undefined;
    if (laid) {
      shown = laid;
      notes.push(`${named(found)} in this answer as if made; nothing of that has happened yet.`);
    } else if (found.length > 0) notes.push(`${named(found)} not in this answer: it could not be laid over it.`);
  }
  const asked = new Set(mine);
  const others = here.filter((change) => !asked.has(change));
  if (others.length > 0 || pending.more)
    notes.push(
      `Staged changes of this run are not in this answer: ${kinds(others)}${pending.more ? ' and more' : ''} in batch ${pending.batches.join(', ')}. Nothing of them has happened yet.`,
    );
  return notes.length === 0 ? undefined : { result: shown, notes };
}

interface Matching {
  readonly found: readonly PendingChange[];
  readonly set: JsonObject;
}

/** Those that `where` names, in the order in which they were staged; what a later one sets stands. */
function matching(facts: Facts, rule: OverlayRule, changes: readonly PendingChange[], moment: Moment): Matching {
  const scope = expressionScope(facts, moment);
  const set = new Map<string, Json>();
  const found: PendingChange[] = [];
  for (const change of changes) {
    const seen = { ...scope, staged: change.args };
    if (!rule.where.evaluate(seen)) continue;
    for (const [field, value] of Object.entries(rule.set)) set.set(field, value.evaluate(seen) as Json);
    found.push(change);
  }
  return { found, set: Object.fromEntries(set) };
}

/** The structured part and the text that says the same; undefined where neither can hold it. */
function laidOver(result: JsonObject, set: JsonObject, fits: Facts['permitted']['pinned']['validateOutput']): JsonObject | undefined {
  const own = result['structuredContent'];
  const content = Array.isArray(result['content']) ? (result['content'] as readonly Json[]) : [];
  if (!isObject(own)) {
    const at = content.findIndex((block) => isObject(textOf(block)));
    const said = textOf(content[at]);
    return isObject(said) ? { ...result, content: content.with(at, retold(content[at], { ...said, ...set })) } : undefined;
  }
  const laid = { ...own, ...set };
  if (fits && fits(laid) !== undefined) return undefined;
  const twin = canonicalize(own);
  return {
    ...result,
    structuredContent: laid,
    content: content.map((block) => (canonicalize(textOf(block) ?? null) === twin ? retold(block, laid) : block)),
  };
}

function textOf(block: Json | undefined): Json | undefined {
  if (!isObject(block) || block['type'] !== 'text' || typeof block['text'] !== 'string') return undefined;
  try {
    return JSON.parse(block['text']) as Json;
  } catch {
    return undefined;
  }
}

function retold(block: Json | undefined, value: JsonObject): JsonObject {
  const text = isObject(block) ? String(block['text']) : '';
  return { ...(block as JsonObject), text: JSON.stringify(value, null, text.includes('\n') ? 2 : undefined) };
}

function named(changes: readonly PendingChange[]): string {
  const some = changes.slice(-namedMax).map(({ n, batch }) => `${n} of batch ${batch}`);
  const more = changes.length > namedMax ? ` and ${changes.length - namedMax} more` : '';
  return changes.length === 1 ? `Staged change ${some[0]} is` : `Staged changes ${some.join(', ')}${more} are`;
}

function kinds(changes: readonly PendingChange[]): string {
  const counts = new Map<string, number>();
  for (const { tool } of changes) counts.set(tool, (counts.get(tool) ?? 0) + 1);
  return [...counts].map(([tool, count]) => `${count} of ${tool}`).join(', ') || 'some';
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
