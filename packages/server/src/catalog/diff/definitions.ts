import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { ReleaseChange } from '../../kernel/releases.ts';
import { revealed } from '../../kernel/revealed.ts';
import { newSentences } from './prose.ts';
import { widened } from './schema.ts';

/** What a definition says of itself beside its schema. */
const texts = ['title', 'description', 'instructions'];
const hints = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'];

/** In what a definition differs from the one that was reviewed, in words; the bodies are canonical JSON. */
export function definitionChanges(named: string, before: string | undefined, now: string | undefined): readonly ReleaseChange[] {
  const what = revealed(named);
  if (before === undefined) return now === undefined ? [] : [{ kind: '+definition', weight: 'high', says: `${what} is new` }];
  if (now === undefined) return [{ kind: '-definition', weight: 'usual', says: `${what} is gone` }];
  if (before === now) return [];
  const [was, is] = [JSON.parse(before) as JsonObject, JSON.parse(now) as JsonObject];
  const changes: ReleaseChange[] = widened(was['inputSchema'] ?? was['arguments'], is['inputSchema'] ?? is['arguments']).map((says) => ({
    kind: 'widened schema',
    weight: 'high',
    says: `${what} ${says}`,
  }));
  for (const key of texts) changes.push(...textChanges(what, key, was[key], is[key]));
  for (const hint of hints) {
    const [had, has] = [annotation(was, hint), annotation(is, hint)];
    if (had !== has)
      changes.push({ kind: 'annotation', weight: 'usual', says: `${what}: ${hint} was ${had ?? 'not said'}, now ${has ?? 'not said'}` });
  }
  return changes.length > 0 ? changes : [{ kind: 'changed definition', weight: 'usual', says: `${what} changed` }];
}

function textChanges(what: string, key: string, before: Json | undefined, now: Json | undefined): readonly ReleaseChange[] {
  const [was, is] = [typeof before === 'string' ? before : '', typeof now === 'string' ? now : ''];
  if (was === is) return [];
  const added = newSentences(was, is);
  if (added.length === 0) return [{ kind: 'changed text', weight: 'usual', says: `the ${key} of ${what} changed` }];
  return added.slice(0, 10).map(({ text, orders, destructive }) => ({
    kind: orders || destructive ? 'new order' : 'new sentence',
    weight: orders || destructive ? 'high' : 'usual',
    says: `the ${key} of ${what} now says: ${text}`,
  }));
}

function annotation(definition: JsonObject, hint: string): Json | undefined {
  return (definition['annotations'] as JsonObject | undefined)?.[hint];
}
