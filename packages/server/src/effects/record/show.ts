import type { Entry } from '@trapkey/contract/entry.ts';
import { mapNames } from './pseudonym.ts';

// The fields that auditors ask for come first and by these names. A new field does not compile until it has a place.
const placeOf: { readonly [field in keyof Required<Entry>]: number } = {
  timestamp: 1,
  actor: 2,
  on_behalf_of: 3,
  action: 4,
  approval: 5,
  data_sources: 6,
  model: 7,
  plugin: 8,
  reversible: 9,
  entry: 10,
  kind: 11,
  outcome: 12,
  call: 13,
  attempt: 14,
  run: 15,
  session: 16,
  agent: 17,
  instructions: 18,
  connector: 19,
  tool: 20,
  tool_use: 21,
  method: 22,
  effect: 23,
  tier: 24,
  reach: 25,
  destination: 26,
  amount: 27,
  environment: 28,
  profile: 29,
  verdict: 30,
  code: 31,
  rule: 32,
  ticket: 33,
  batch: 34,
  change: 35,
  would: 36,
  policy: 37,
  definition: 38,
  arguments: 39,
  result: 40,
  changed: 41,
  probe: 42,
  decide_ms: 43,
  held_ms: 44,
  upstream_ms: 45,
  spend: 46,
  coverage: 47,
  assurance: 48,
  subject: 49,
  reason: 50,
  count: 51,
  source: 52,
  detail: 53,
};

/** The fields of an entry in the order in which it is shown and exported. */
export const shownFields: readonly (keyof Entry)[] = (Object.keys(placeOf) as (keyof Entry)[]).sort((a, b) => placeOf[a] - placeOf[b]);

/** The same entry with its fields in the auditors' order; a field that this build does not know comes last, never lost. */
export function inOrder(entry: Entry): Entry {
  const ordered: Record<string, unknown> = {};
  for (const field of shownFields) if (entry[field] !== undefined) ordered[field] = entry[field];
  for (const field of Object.keys(entry)) if (!(field in placeOf)) ordered[field] = entry[field as keyof Entry];
  return ordered as unknown as Entry;
}

/** Where names are looked up. */
export type Names = Pick<ReadonlyMap<string, string>, 'get'>;

/** Names in place of pseudonyms; a pseudonym whose name was erased stays. */
export function withNames(entry: Entry, names: Names): Entry {
  return mapNames(entry, (_, pseudonym) => names.get(pseudonym) ?? pseudonym);
}

/** Every pseudonym in an entry. */
export function pseudonymsOf(entry: Entry): readonly string[] {
  const found: string[] = [];
  mapNames(entry, (_, pseudonym) => {
    found.push(pseudonym);
    return pseudonym;
  });
  return found;
}

/** An entry with what was learned about its call later. What the entry itself says stands; its own nested fields too. */
export function withAttributed(entry: Entry, attributed: readonly Entry[]): Entry {
  if (entry.kind === 'attributed') return entry;
  const merged: Record<string, unknown> = { ...entry };
  for (const { entry: _entry, timestamp: _timestamp, kind: _kind, ...learned } of attributed) {
    for (const [field, value] of Object.entries(learned)) {
      const own = merged[field];
      if (own === undefined) merged[field] = value;
      else if (isPlain(own) && isPlain(value)) merged[field] = { ...value, ...own };
    }
  }
  return merged as unknown as Entry;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
