import { columnDenied, notOffered } from '../refuse.ts';
import { shortName } from '../schema.ts';
import { list, names, node, type Tree } from './nodes.ts';
import { type Item, type Level, touch, visible, type Walk } from './scope.ts';

/**
 * A name in an expression. A denied column is refused at whatever level it could be found, so that no rule of which level
 * comes first has to be repeated here; and `t.x` must be a column that is known, because `t.f` can also call `f(t)`.
 */
export function column(walk: Walk, body: Tree, level: Level): void {
  const parts = list(body['fields']);
  const star = node(parts.at(-1))?.kind === 'A_Star';
  const path = names(parts).slice(0, star ? -1 : undefined);
  if (star) everything(walk, path, level);
  else if (path.length === 1) alone(walk, path[0] ?? '', level);
  else qualified(walk, path.slice(0, -1), path.at(-1) ?? '', level);
}

function qualified(walk: Walk, prefix: readonly string[], name: string, level: Level): void {
  const items = [...visible(level)].filter((item) => means(item, prefix, walk));
  if (items.length === 0) notOffered(`Nothing in this query is called ${prefix.join('.')}`);
  for (const item of items) {
    meet(walk, item, name);
    if (!item.columns?.has(name)) notOffered(`${item.alias} has no column ${name} that is known`);
  }
}

/** A bare name: a column of anything in sight, else the whole row of what is called so. */
function alone(walk: Walk, name: string, level: Level): void {
  let own = false;
  for (const item of visible(level)) own = meet(walk, item, name) || own;
  if (own) return;
  for (const item of visible(level)) if (item.alias === name) row(walk, item);
}

/** Refuses a denied column; true where the item has a column of that name that may be read. */
function meet(walk: Walk, item: Item, name: string): boolean {
  const seen = item.columns?.get(name);
  if (!seen) return false;
  if (seen.denied) columnDenied(`${shortName(seen.table ?? item.alias)}.${seen.column}`);
  if (seen.table !== undefined) touch(walk, seen.table, seen.column);
  return true;
}

/** `*` and `t.*`: every column, so none of them may be denied. */
function everything(walk: Walk, path: readonly string[], level: Level): void {
  const items = path.length === 0 ? level.items : [...visible(level)].filter((item) => means(item, path, walk));
  for (const item of items) row(walk, item);
}

/** A whole row: every column of it. */
function row(walk: Walk, item: Item): void {
  const denied = [...(item.columns?.values() ?? [])].find((seen) => seen.denied);
  if (denied)
    columnDenied(`${shortName(denied.table ?? item.alias)}.${denied.column}`, 'is denied, and all columns are asked for; name the others');
  if (item.denied) columnDenied(item.alias, 'holds a denied column; name the columns');
  for (const seen of item.columns?.values() ?? []) if (seen.table !== undefined) touch(walk, seen.table, seen.column);
}

/** Whether `t`, `schema.t` or `database.schema.t` is this item. */
function means(item: Item, path: readonly string[], walk: Walk): boolean {
  if (path.length === 1) return item.alias === path[0];
  if (path.length === 3 && path[0] !== walk.schema.database) return false;
  return path.length <= 3 && item.table === path.slice(-2).join('.');
}
