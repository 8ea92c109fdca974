import type { BatchProposal } from '@trapkey/contract/api/batches.ts';
import type { Json } from '@trapkey/contract/json.ts';
import type { FieldChange } from './projection.ts';

/** What is kept of each: memory stays bounded, whatever a batch holds. */
const kindsMax = 1_000;
const fieldsMax = 100;
const destinationsMax = 1_000;
const listedMax = 100;
const shownMax = 10;
const destinationsShown = 50;
const examplesMax = 20;
const charactersMax = 120;

/** What of one change is counted. */
export interface Counted {
  readonly n: number;
  readonly tool: string;
  readonly effect: string;
  readonly reach: number | null;
  readonly destinations: readonly string[];
  readonly lists: readonly string[];
  readonly fields: readonly FieldChange[];
}

type Totals = Pick<BatchProposal, 'reach' | 'destinations' | 'fields' | 'lists'>;

interface Kind {
  readonly from: string | null;
  readonly to: string | null;
  count: number;
}

interface Field {
  readonly tool: string;
  readonly field: string;
  readonly kinds: Map<string, Kind>;
  changes: number;
}

/** Effects that reach people; the others reach records. */
const reachPeople: ReadonlySet<string> = new Set(['send', 'pay']);

/** Counts changes as they pass, one after another. */
export function totalling(): { readonly add: (change: Counted) => void; readonly done: () => Totals } {
  const reach = { records: 0, people: 0, unknown: 0 };
  const destinations = new Map<string, number>();
  const lists = new Map<string, { changes: number; examples: number[] }>();
  const fields = new Map<string, Field>();
  return {
    add({ n, tool, effect, reach: reached, destinations: where, lists: on, fields: set }) {
      if (reached === null) reach.unknown += 1;
      else reach[reachPeople.has(effect) ? 'people' : 'records'] += reached;
      for (const one of where) count(destinations, one, destinationsMax);
      for (const list of on) {
        const known = lists.get(list) ?? (lists.size < listedMax ? { changes: 0, examples: [] } : undefined);
        if (!known) continue;
        known.changes += 1;
        if (known.examples.length < examplesMax) known.examples.push(n);
        lists.set(list, known);
      }
      for (const one of set) countField(fields, tool, one);
    },
    done: () => ({
      reach,
      destinations: [...destinations]
        .toSorted((a, b) => b[1] - a[1] || compare(a[0], b[0]))
        .slice(0, destinationsShown)
        .map(([value, many]) => ({ value, count: many })),
      fields: [...fields.values()].map(fieldOf),
      lists: [...lists].map(([list, found]) => ({ list, ...found })),
    }),
  };
}

/** A value as one line of a table. */
export function shortText(value: Json | undefined): string | null {
  if (value === undefined) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax)}…`;
}

function count(into: Map<string, number>, key: string, max: number): void {
  const known = into.get(key);
  if (known !== undefined || into.size < max) into.set(key, (known ?? 0) + 1);
}

function countField(fields: Map<string, Field>, tool: string, { field: name, from, to }: FieldChange): void {
  const key = `${tool}\n${name}`;
  const field =
    fields.get(key) ?? (fields.size < fieldsMax ? { tool, field: name, kinds: new Map<string, Kind>(), changes: 0 } : undefined);
  if (!field) return;
  fields.set(key, field);
  field.changes += 1;
  const [was, is] = [shortText(from), shortText(to)];
  const pair = JSON.stringify([was, is]);
  const kind = field.kinds.get(pair);
  if (kind) kind.count += 1;
  else if (field.kinds.size < kindsMax) field.kinds.set(pair, { from: was, to: is, count: 1 });
}

function fieldOf({ tool, field, kinds, changes }: Field): BatchProposal['fields'][number] {
  const values = [...kinds.values()]
    .toSorted((a, b) => b.count - a.count || compare(`${a.from} ${a.to}`, `${b.from} ${b.to}`))
    .slice(0, shownMax);
  return { tool, field, values, rest: changes - values.reduce((sum, one) => sum + one.count, 0), kinds: kinds.size };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
