import { columnDenied, notOffered, readOnly, tableNotAllowed } from '../refuse.ts';
import { fullName, isAllowed, isDenied, shortName } from '../schema.ts';
import { list, names, node, type Tree, text, tree } from './nodes.ts';
import { derived, type Item, type Level, type Seen, touch, type Walk } from './scope.ts';

/** Looks at one thing in FROM, adds what it gives to the level, and returns that. */
export function from(walk: Walk, given: unknown, level: Level): readonly Item[] {
  const { kind, body } = node(given) ?? { kind: 'nothing', body: {} };
  if (kind === 'JoinExpr') return join(walk, body, level);
  const item =
    kind === 'RangeVar'
      ? relation(walk, body, level)
      : kind === 'RangeSubselect'
        ? subselect(walk, body, level)
        : kind === 'RangeFunction'
          ? rows(walk, body, level)
          : kind === 'RangeTableSample'
            ? sample(walk, body, level)
            : notOffered(`FROM has ${kind}`);
  level.items.push(item);
  return [item];
}

function aliasOf(body: Tree): { readonly name: string | undefined; readonly columns: readonly string[] } {
  const alias = tree(body['alias']);
  return { name: text(alias?.['aliasname']), columns: names(alias?.['colnames']) };
}

/** A name of WITH, else a table; only one that is on the list, with every denied column known as such under whatever name. */
function relation(walk: Walk, body: Tree, level: Level): Item {
  const name = text(body['relname']) ?? '';
  const schema = text(body['schemaname']);
  const database = text(body['catalogname']);
  const alias = aliasOf(body);
  if (schema === undefined && level.withs.has(name)) return derived(alias.name ?? name, level.withs.get(name), alias.columns);
  const full = schema === undefined ? `public.${name}` : `${schema}.${name}`;
  if ((database !== undefined && database !== walk.schema.database) || !isAllowed(walk.bounds, full)) tableNotAllowed(shortName(full));
  const table = walk.schema.tables.get(fullName(full)) ?? tableNotAllowed(shortName(full));
  const columns = new Map<string, Seen>();
  for (const [i, { name: column }] of table.columns.entries())
    columns.set(alias.columns[i] ?? column, { table: full, column, denied: isDenied(walk.bounds, full, column) });
  if (!walk.touched.has(full)) walk.touched.set(full, new Set());
  return {
    alias: alias.name ?? name,
    table: full,
    columns,
    denied: [...columns.values()].some((seen) => seen.denied),
  };
}

function subselect(walk: Walk, body: Tree, level: Level): Item {
  const query = node(body['subquery']);
  if (query?.kind !== 'SelectStmt') return readOnly(`${query?.kind ?? 'a change'} in FROM`);
  const out = walk.select(query.body, body['lateral'] === true ? level : level.outer, level.withs);
  const alias = aliasOf(body);
  return derived(alias.name ?? '', out, alias.columns);
}

/** Functions in FROM: looked at as calls, and their rows hold nothing that is denied. */
function rows(walk: Walk, body: Tree, level: Level): Item {
  if (list(body['coldeflist']).length > 0) notOffered('A function in FROM has a list of column definitions');
  const alias = aliasOf(body);
  const columns = ['key', 'value', 'ordinality', ...alias.columns, ...(alias.name === undefined ? [] : [alias.name])];
  for (const one of list(body['functions'])) {
    const [call, ...rest] = list(node(one)?.body['items']);
    if (rest.some((more) => Object.keys(tree(more) ?? {}).length > 0)) notOffered('A function in FROM has a list of column definitions');
    walk.value(call, level);
    columns.push(names(node(call)?.body['funcname']).at(-1) ?? '');
  }
  // Named as they can be named, since `f.g` on the row of a function would call `g` with it.
  return derived(alias.name ?? columns.at(-1) ?? '', columns);
}

function sample(walk: Walk, body: Tree, level: Level): Item {
  const [method = '', ...more] = names(body['method']);
  if (more.length > 0 || !['system', 'bernoulli'].includes(method)) notOffered(`TABLESAMPLE ${method} is used`);
  walk.value(body['args'], level);
  walk.value(body['repeatable'], level);
  const table = node(body['relation']);
  return table?.kind === 'RangeVar' ? relation(walk, table.body, level) : notOffered('TABLESAMPLE of something else than a table');
}

/** A join compares columns without naming them: USING by name, NATURAL by whatever both sides have. */
function join(walk: Walk, body: Tree, level: Level): readonly Item[] {
  const left = walk.from(body['larg'], level);
  const right = walk.from(body['rarg'], level);
  const both = [...left, ...right];
  const using = names(body['usingClause']);
  for (const item of both)
    for (const name of using) {
      const seen = item.columns?.get(name);
      if (seen?.denied) columnDenied(`${shortName(seen.table ?? item.alias)}.${seen.column}`);
      if (seen?.table !== undefined) touch(walk, seen.table, seen.column);
    }
  if (body['isNatural'] === true) natural(left, right);
  walk.value(body['quals'], level);
  const alias = aliasOf(body);
  if (alias.name !== undefined) return [renamed(both, alias.name, alias.columns, level)];
  const short = text(tree(body['join_using_alias'])?.['aliasname']);
  if (short !== undefined) level.items.push(derived(short, using));
  return both;
}

function natural(left: readonly Item[], right: readonly Item[]): void {
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const)
    for (const item of one)
      for (const [name, seen] of item.columns ?? [])
        if (seen.denied && other.some((facing) => !facing.columns || facing.columns.has(name)))
          columnDenied(`${shortName(seen.table ?? item.alias)}.${seen.column}`, 'is denied, and NATURAL JOIN would compare it');
}

/** `(a JOIN b) AS j` hides both: what it is made of must be free of denied columns where they get other names. */
function renamed(both: readonly Item[], alias: string, columns: readonly string[], level: Level): Item {
  if (columns.length > 0 && both.some((item) => item.denied)) columnDenied(alias, 'would rename a denied column');
  for (const item of both) level.items.splice(level.items.indexOf(item), 1);
  const all = new Map<string, Seen>();
  for (const item of both) for (const [name, seen] of item.columns ?? []) if (!all.get(name)?.denied) all.set(name, seen);
  const known = both.every((item) => item.columns !== undefined) && columns.length === 0;
  const item = { alias, table: undefined, columns: known ? all : undefined, denied: both.some(({ denied }) => denied) };
  // Where a side is not known, its denied columns still are.
  const joined = item.denied && !item.columns ? { ...item, columns: all } : item;
  level.items.push(joined);
  return joined;
}
