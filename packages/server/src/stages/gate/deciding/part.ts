import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import canonicalize from 'canonicalize';
import type { Part } from '../../../kernel/approvals.ts';
import { UserError } from '../../../kernel/errors.ts';

/** The arguments with one list cut down, in the order that it has; everything else stays as it was. */
export function partOf(args: JsonObject, part: Part): JsonObject {
  const path = part.argument.split('.');
  const list = path.reduce<Json | undefined>((value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined), args);
  if (!Array.isArray(list))
    throw new UserError(
      `\`${part.argument}\` is not a list of this call, so no part of it can be approved. Nothing was changed.`,
      listsIn(args),
    );
  const members = list as readonly Json[];
  const kept = 'first' in part ? members.slice(0, part.first) : named(members, part.only, part.argument);
  if (kept.length === 0 || !Number.isSafeInteger(kept.length) || ('first' in part && !(Number.isSafeInteger(part.first) && part.first > 0)))
    throw new UserError('A part has one member at least. Nothing was changed.', 'To let nothing of it happen, refuse the ticket.');
  if (kept.length >= members.length)
    throw new UserError(
      `\`${part.argument}\` has ${members.length} members, so that is all of it. Nothing was changed.`,
      'To approve all of it, approve the ticket.',
    );
  return replaced(args, path, kept);
}

/** Each named member must be there; one that is there twice may be named twice. */
function named(members: readonly Json[], only: readonly Json[], argument: string): readonly Json[] {
  const wanted = new Map<string, number>();
  for (const one of only) wanted.set(keyOf(one), (wanted.get(keyOf(one)) ?? 0) + 1);
  const kept = members.filter((member) => {
    const left = wanted.get(keyOf(member)) ?? 0;
    if (left > 0) wanted.set(keyOf(member), left - 1);
    return left > 0;
  });
  const absent = [...wanted].find(([, left]) => left > 0);
  if (absent) throw new UserError(`${absent[0].slice(0, 80)} is not in \`${argument}\`: a part adds nothing. Nothing was changed.`);
  return kept;
}

function replaced(args: JsonObject, [key = '', ...rest]: readonly string[], value: readonly Json[]): JsonObject {
  const inner = args[key];
  return { ...args, [key]: rest.length > 0 && isObject(inner) ? replaced(inner, rest, value) : (value as Json) };
}

function listsIn(args: JsonObject): string {
  const lists = Object.entries(args).flatMap(([key, value]) => (Array.isArray(value) ? [key] : []));
  return lists.length > 0 ? `Lists of this call: ${lists.join(', ')}.` : 'This call has no list; edit its arguments instead.';
}

function keyOf(value: Json): string {
  return canonicalize(value) ?? 'null';
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
