import type { Json } from '@trapkey/contract/json.ts';
import { columnKey } from '../../../kernel/data.ts';
import { columnStays, hidden, noteCut, type Walk } from './seen.ts';
import { tablesScreened } from './tables.ts';

/** A text without what may not be shown: JSON in it is taken apart, tables and `name: value` lines lose their columns. */
export function textScreened(text: string, walk: Walk): string {
  const whole = jsonScreened(text, walk);
  if (whole !== undefined) return whole;
  const { plan } = walk;
  if (plan.barred.size === 0 && plan.columns.size === 0 && !plan.own && plan.rowsMax === undefined) return hidden(text, walk);
  const lines = tablesScreened(fencesScreened(text.split('\n'), walk), walk);
  const left = lines.map((line) => jsonScreened(line, walk) ?? namedScreened(line, walk)).join('\n');
  const stuck = [...left.matchAll(quotedNames)].find(([, name = '']) => plan.barred.has(columnKey(name)));
  if (stuck) walk.seen.withhold ??= `it names ${stuck[1]}, and cannot be taken apart`;
  return hidden(left, walk);
}

const quotedNames = /["']([A-Za-z][\w .-]{0,62})["']\s{0,8}:/g;

function jsonScreened(text: string, walk: Walk): string | undefined {
  if (!/^\s{0,64}[[{]/.test(text)) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  const indent = /^\s{0,64}[[{]\r?\n( {1,8}|\t)/.exec(text)?.[1];
  const before = JSON.stringify(value);
  const after = walk.walked(cutTop(value, walk), walk);
  // A name that stands twice is kept once by whoever reads it: what they read must be what was looked at.
  const twice = [...text.matchAll(quotedNames)].some(([, name = '']) => walk.plan.barred.has(columnKey(name)));
  return JSON.stringify(after) === before && !twice ? text : JSON.stringify(after, null, indent);
}

/** Cuts the lists at the top of a value to the rows that may be had. */
export function cutTop(value: Json, walk: Walk): Json {
  const { rowsMax } = walk.plan;
  if (rowsMax === undefined || typeof value !== 'object' || value === null) return value;
  const cut = (list: Json): Json => {
    if (!Array.isArray(list) || list.length <= rowsMax) return list;
    noteCut(walk, list.length);
    return list.slice(0, rowsMax);
  };
  if (Array.isArray(value)) return cut(value);
  // Beside rows of bare values, a list of bare values is their names.
  const bare = Object.values(value).some((child) => Array.isArray(child) && child.length > 0 && child.every((row) => Array.isArray(row)));
  const rows = (child: Json) => !bare || !Array.isArray(child) || child.some((row) => Array.isArray(row));
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, rows(child) ? cut(child) : child]));
}

/** What stands between fences, where it is JSON. */
function fencesScreened(lines: readonly string[], walk: Walk): readonly string[] {
  if (!lines.some((line) => line.startsWith('```'))) return lines;
  const out: string[] = [];
  let open = -1;
  for (const line of lines) {
    out.push(line);
    if (!line.startsWith('```')) continue;
    if (open < 0) open = out.length;
    else {
      const inside = out.slice(open, -1).join('\n');
      const shown = jsonScreened(inside, walk);
      if (shown !== undefined) out.splice(open, out.length - open, ...shown.split('\n'), line);
      open = -1;
    }
  }
  return out;
}

/** `ssn: 078-05-1121` as a line, a list item or a cell of one. */
function namedScreened(line: string, walk: Walk): string {
  const named = /^([\s>*•-]{0,16}\**)([A-Za-z][\w .]{0,62}?)(\**\s{0,8}[:=]\s{0,8})\S/.exec(line);
  if (!named) return line;
  const [, before = '', name = '', between = ''] = named;
  const key = columnKey(name);
  if (!walk.plan.barred.has(key) && !walk.plan.columns.has(key)) return line;
  return columnStays(walk, key, name) ? line : `${before}${name}${between}[kept back]`;
}
