import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { count, plain } from './words.ts';

/** Facts that were computed beside the sentence, as terms and words; those that somebody else claims are left out. */
export function computed(facts: JsonObject | undefined, reach: number | null): readonly (readonly [string, string])[] {
  return Object.entries(facts ?? {}).flatMap(([key, value]) => {
    if (key === 'agent_says' || (key === 'recipients' && value === reach)) return [];
    const words = (own[key] ?? inWords)(value, reach);
    return words === undefined ? [] : [[`${key.charAt(0).toUpperCase()}${key.slice(1).replaceAll('_', ' ')}`, words] as const];
  });
}

/** What the agent says about it, where it said anything. */
export function claimed(facts: JsonObject | undefined): string | undefined {
  const said = facts?.['agent_says'];
  return typeof said === 'string' && said !== '' ? plain(said) : undefined;
}

type Words = (value: Json, reach: number | null) => string | undefined;

const own: Readonly<Record<string, Words>> = {
  usual: (value) => usual(fieldsOf(value)),
  lists: (value, reach) =>
    Object.entries(fieldsOf(value))
      .map(([list, hits]) => `${inWords(hits)}${reach === null ? '' : ` of ${count(reach)}`} on ${plain(list)}`)
      .join('; ') || undefined,
  destination: (value) => (value === 'outside' ? 'outside the company' : value === 'inside' ? 'inside the company' : 'not known'),
  reversible: (value) => (value === true ? 'yes, it can be undone' : 'no, it cannot be undone'),
};

function usual({ days, calls, largest, median }: JsonObject): string | undefined {
  if (typeof days !== 'number' || typeof calls !== 'number') return undefined;
  if (calls === 0) return `nothing like it ran in ${days} days`;
  return `largest in ${days} days ${inWords(largest ?? null) ?? 'not known'}, median ${inWords(median ?? null) ?? 'not known'}, of ${count(calls)}`;
}

function inWords(value: Json): string | undefined {
  if (value === null || value === '') return undefined;
  if (typeof value === 'string') return plain(value);
  if (typeof value === 'number') return count(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.flatMap((one) => inWords(one as Json) ?? []).join('; ') || undefined;
  const parts = Object.entries(value as JsonObject).map(
    ([key, child]) => `${plain(key).replaceAll('_', ' ')} ${inWords(child) ?? 'not known'}`,
  );
  return parts.join(', ') || undefined;
}

function fieldsOf(value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
