import type { Json, JsonObject } from '@trapkey/contract/json.ts';

const depthMax = 12;
const wordsMax = 30;
const lower = ['maxLength', 'maxItems', 'maximum', 'maxProperties', 'exclusiveMaximum'];
const upper = ['minLength', 'minItems', 'minimum', 'exclusiveMinimum'];

/** In what a schema takes more than it did, in words; empty when it takes the same or less. */
export function widened(before: Json | undefined, now: Json | undefined): readonly string[] {
  const said: string[] = [];
  compare(objectOf(before), objectOf(now), '', 0, said);
  return said.slice(0, wordsMax);
}

function compare(before: JsonObject, now: JsonObject, at: string, depth: number, said: string[]): void {
  if (depth > depthMax || said.length > wordsMax) return;
  const place = at === '' ? 'the arguments' : at;
  const [had, has] = [objectOf(before['properties']), objectOf(now['properties'])];
  for (const key of Object.keys(has)) {
    const path = at === '' ? key : `${at}.${key}`;
    if (had[key] === undefined) said.push(`takes ${path}`);
    else compare(objectOf(had[key]), objectOf(has[key]), path, depth + 1, said);
  }
  const required = new Set(textsOf(now['required']));
  for (const key of textsOf(before['required'])) if (!required.has(key) && has[key]) said.push(`no longer needs ${key}`);
  if (before['additionalProperties'] === false && now['additionalProperties'] !== false) said.push(`${place}: any other argument is taken`);
  for (const type of textsOf(now['type']))
    if (before['type'] !== undefined && !textsOf(before['type']).includes(type)) said.push(`${place} may be ${type}`);
  if (before['type'] !== undefined && now['type'] === undefined) said.push(`${place} may be anything`);
  if (Array.isArray(before['enum'])) {
    const known = new Set(before['enum'].map((one) => JSON.stringify(one)));
    const more = Array.isArray(now['enum']) ? now['enum'].filter((one) => !known.has(JSON.stringify(one))) : undefined;
    if (more === undefined) said.push(`${place} is not bound to a list any more`);
    else if (more.length > 0)
      said.push(
        `${place} may be ${more
          .slice(0, 5)
          .map((one) => JSON.stringify(one))
          .join(', ')}`,
      );
  }
  for (const key of lower)
    if (isLooser(before[key], now[key], 1)) said.push(`${place}: ${key} from ${before[key]} to ${now[key] ?? 'none'}`);
  for (const key of upper)
    if (isLooser(before[key], now[key], -1)) said.push(`${place}: ${key} from ${before[key]} to ${now[key] ?? 'none'}`);
  if (before['pattern'] !== undefined && before['pattern'] !== now['pattern']) said.push(`${place}: another pattern`);
  if (before['items'] !== undefined) compare(objectOf(before['items']), objectOf(now['items']), `${at}[]`, depth + 1, said);
}

function isLooser(before: Json | undefined, now: Json | undefined, sign: 1 | -1): boolean {
  if (typeof before !== 'number') return false;
  return typeof now !== 'number' || (now - before) * sign > 0;
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function textsOf(value: Json | undefined): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}
