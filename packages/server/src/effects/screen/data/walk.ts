import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { columnKey } from '../../../kernel/data.ts';
import { columnStays, count, hidden, ours, type Walk } from './seen.ts';
import { textScreened } from './text.ts';

/** Digits that a number must have to be looked at as a text. */
const numberDigitsMin = 9;

/** A value without what may not be shown, at every depth. */
export function walked(value: Json, walk: Walk): Json {
  if (typeof value === 'string') return textScreened(value, walk);
  if (typeof value === 'number') return numberScreened(value, walk);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return ownRows(value, walk).map((one) => walked(one, walk));
  return fields(columnsApart(value as JsonObject, walk), walk);
}

function fields(value: JsonObject, walk: Walk): JsonObject {
  const { plan, seen, style } = walk;
  const out: [string, Json][] = [];
  for (const [name, child] of Object.entries(value)) {
    const key = columnKey(name);
    if (plan.own?.field === key && !ours(child, walk)) {
      seen.foreign++;
      seen.withhold ??= 'it is of somebody else';
    }
    if (columnStays(walk, key, name)) out.push([plan.finder ? hidden(name, walk) : name, walked(child, walk)]);
    else if (style === 'alike') out.push([name, nothingLike(child)]);
  }
  return Object.fromEntries(out);
}

/** Rows of others go; the rest of the list stays. */
function ownRows(list: readonly Json[], walk: Walk): readonly Json[] {
  const { own } = walk.plan;
  if (!own) return list;
  return list.filter((row) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return true;
    const foreign = Object.entries(row as JsonObject).some(([name, child]) => columnKey(name) === own.field && !ours(child, walk));
    if (foreign) walk.seen.foreign++;
    return !foreign;
  });
}

function numberScreened(value: number, walk: Walk): Json {
  const text = String(value);
  if (!walk.plan.finder || text.length < numberDigitsMin) return value;
  const shown = hidden(text, walk);
  return shown === text ? value : walk.style === 'words' ? shown : 0;
}

/** The same kind of value with nothing in it. */
function nothingLike(value: Json): Json {
  if (typeof value === 'string') return '';
  if (typeof value === 'number') return 0;
  if (typeof value === 'boolean') return false;
  if (value === null) return null;
  return Array.isArray(value) ? [] : {};
}

/** A table written as names of columns beside rows of bare values: the column goes out of every row, and rows of others go. */
function columnsApart(value: JsonObject, walk: Walk): JsonObject {
  const { plan, seen } = walk;
  const names = Object.values(value).find((child) => isHeader(child) && child.some((name) => concerns(name, walk)));
  if (!isHeader(names)) return value;
  const keys = names.map(nameOf).map(columnKey);
  const keep = names.map((name, at) => columnStays(walk, keys[at] as string, nameOf(name)));
  const own = plan.own ? keys.indexOf(plan.own.field) : -1;
  const cells = (row: readonly Json[]) => row.filter((_, at) => keep[at] ?? true);
  const table = (child: Json): Json => {
    if (child === names) return cells(child as readonly Json[]) as Json;
    if (!Array.isArray(child) || !child.every((row) => Array.isArray(row))) return child;
    const rows = (child as readonly (readonly Json[])[]).filter((row) => own < 0 || ours(row[own] ?? null, walk));
    seen.foreign += child.length - rows.length;
    for (const [at, name] of names.entries()) if (!keep[at]) for (const _ of rows) count(seen.removed, nameOf(name));
    return rows.map(cells) as Json;
  };
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, table(child)]));
}

function concerns(name: Json, { plan }: Walk): boolean {
  const key = columnKey(nameOf(name));
  return plan.barred.has(key) || plan.columns.has(key) || plan.own?.field === key;
}

function isHeader(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => nameOf(one) !== '');
}

/** `ssn`, or `{ name: 'ssn' }` as many write it. */
function nameOf(value: Json): string {
  if (typeof value === 'string') return value;
  const name = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject)['name'] : undefined;
  return typeof name === 'string' ? name : '';
}
