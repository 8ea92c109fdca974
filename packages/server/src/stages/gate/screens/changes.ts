import type { PayloadChange } from '@trapkey/contract/api/approvals.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';

const changesMax = 200;
const depthMax = 12;
const textMax = 2_000;

/** What is other in the second of two payloads, by path. Lists are compared as what they hold, whatever the order. */
export function changesIn(before: Json, after: Json): { readonly changes: readonly PayloadChange[]; readonly more: boolean } {
  const changes: PayloadChange[] = [];
  const add = (change: PayloadChange) => void (changes.length <= changesMax && changes.push(change));
  compare(before, after, '', add, 0);
  return { changes: changes.slice(0, changesMax), more: changes.length > changesMax };
}

type Add = (change: PayloadChange) => void;

function compare(before: Json, after: Json, path: string, add: Add, depth: number): void {
  if (same(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    members(before as readonly Json[], after as readonly Json[], path, add);
    return;
  }
  if (isObject(before) && isObject(after) && depth < depthMax) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const at = path === '' ? key : `${path}.${key}`;
      const [old, now] = [before[key], after[key]];
      if (old === undefined && now !== undefined) add({ path: at, kind: 'added', after: shown(now) });
      else if (now === undefined && old !== undefined) add({ path: at, kind: 'removed', before: shown(old) });
      else if (old !== undefined && now !== undefined) compare(old, now, at, add, depth + 1);
    }
    return;
  }
  add({ path, kind: 'changed', before: shown(before), after: shown(after) });
}

function members(before: readonly Json[], after: readonly Json[], path: string, add: Add): void {
  const key = (value: Json) => JSON.stringify(value);
  const [old, now] = [new Set(before.map(key)), new Set(after.map(key))];
  if (before.length !== after.length) add({ path: `${path}.length`, kind: 'changed', before: before.length, after: after.length });
  for (const one of now) if (!old.has(one)) add({ path: `${path}[]`, kind: 'added', after: shown(JSON.parse(one) as Json) });
  for (const one of old) if (!now.has(one)) add({ path: `${path}[]`, kind: 'removed', before: shown(JSON.parse(one) as Json) });
}

type Shown = NonNullable<PayloadChange['after']>;

function shown(value: Json): Shown {
  if (typeof value === 'string' && value.length > textMax) return `${value.slice(0, textMax)}… (${value.length} characters)`;
  const text = JSON.stringify(value);
  return text.length > textMax * 4 ? `… (${text.length} characters)` : (value as Shown);
}

function same(one: Json, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
