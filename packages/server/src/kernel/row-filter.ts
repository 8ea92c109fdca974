import type { Json, JsonObject } from '@trapkey/contract/json.ts';

/** What is left of a value of which a person may have some rows. */
export interface Kept {
  readonly value: Json | undefined;
  /** How many rows were kept back. */
  readonly left: number;
}

const counts = /^(.*_)?(total|count|size|rows?)(_.*|Count)?$|^total[A-Z]\w*$|Count$/;
/** Where the next page begins: what a client needs, and no data. */
const paging = /cursor|page|offset|limit|has_?more|is_?last/i;
const pagingLengthMax = 512;

/**
 * Keeps the rows that the filter lets through. Objects in a list are rows, and so is an object that holds no list of them.
 * Of an object around rows only what pages and counts stays, and its counts are of the rows that stay: a total or a summary
 * over all would tell of those that do not.
 */
export function keepRows(value: Json, keeps: (row: JsonObject) => boolean): Kept {
  if (Array.isArray(value)) return keptOf(value as readonly Json[], keeps);
  if (!isObject(value)) return { value: undefined, left: 1 };
  return holdsRows(value) ? around(value, keeps) : rowOr(value, keeps);
}

function rowOr(value: JsonObject, keeps: (row: JsonObject) => boolean): Kept {
  return keeps(value) ? { value, left: 0 } : { value: undefined, left: 1 };
}

function keptOf(items: readonly Json[], keeps: (row: JsonObject) => boolean): Kept {
  // An item of a list is a row whatever it holds; only lists within lists are looked into.
  const kept = items.map((item) => (isObject(item) ? rowOr(item, keeps) : keepRows(item, keeps)));
  return {
    value: kept.flatMap(({ value }) => (value === undefined ? [] : [value])),
    left: kept.reduce((sum, { left }) => sum + left, 0),
  };
}

function around(value: JsonObject, keeps: (row: JsonObject) => boolean): Kept {
  const inner = Object.entries(value).flatMap(([name, child]) =>
    typeof child === 'object' && child !== null && (Array.isArray(child) || holdsRows(child as JsonObject))
      ? [[name, keepRows(child, keeps)] as const]
      : [],
  );
  const lists = new Map(inner);
  const rows = inner.reduce((sum, [, { value: list }]) => sum + (Array.isArray(list) ? list.length : 0), 0);
  const left = inner.reduce((sum, [, kept]) => sum + kept.left, 0);
  const members = Object.entries(value).flatMap(([name, child]): readonly (readonly [string, Json])[] => {
    const list = lists.get(name);
    if (list) return list.value === undefined ? [] : [[name, list.value]];
    if (typeof child === 'number' && counts.test(name)) return [[name, rows]];
    if (typeof child === 'boolean' || child === null) return [[name, child]];
    const pages = paging.test(name) && (typeof child === 'number' || (typeof child === 'string' && child.length <= pagingLengthMax));
    return pages ? [[name, child]] : [];
  });
  return { value: Object.fromEntries(members), left };
}

/** Whether rows stand in it: a list of objects, or an empty one, at any depth. */
function holdsRows(value: JsonObject): boolean {
  return Object.values(value).some((child) =>
    Array.isArray(child) ? child.every((item) => typeof item === 'object') : isObject(child) && holdsRows(child),
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
