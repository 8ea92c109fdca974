import { invalid, notOffered, readOnly } from '../refuse.ts';
import { unbounded } from './crossing.ts';
import { list, names, node, type Tree, text, tree } from './nodes.ts';
import { outputNames } from './outputs.ts';
import type { Level, Walk, Withs } from './scope.ts';

/** The parts of a select that hold values and no names of their own. */
const valued = ['distinctClause', 'targetList', 'whereClause', 'groupClause', 'havingClause', 'windowClause', 'valuesLists', 'sortClause'];
const known: ReadonlySet<string> = new Set([
  ...valued,
  ...['fromClause', 'withClause', 'limitOffset', 'limitCount', 'limitOption', 'op', 'all', 'larg', 'rarg', 'groupDistinct', 'groupByAll'],
]);

/** Looks at a select and everything in it, and gives the names of its columns; undefined where they are not known. */
export function select(walk: Walk, body: Tree, outer: Level | undefined, given: Withs): readonly string[] | undefined {
  if (body['intoClause'] !== undefined) readOnly('SELECT INTO');
  if (body['lockingClause'] !== undefined) readOnly('SELECT FOR UPDATE or SHARE');
  for (const key of Object.keys(body)) if (!known.has(key)) notOffered(`The query uses ${key}`);
  const withs = withNames(walk, tree(body['withClause']), outer, given);
  const level: Level = { items: [], outer, withs };
  const larg = tree(body['larg']);
  const rarg = tree(body['rarg']);
  if (larg && rarg) {
    const out = walk.select(larg, outer, withs);
    walk.select(rarg, outer, withs);
    // What sorts a union are names and numbers of its own columns.
    for (const key of ['sortClause', 'limitOffset', 'limitCount']) walk.value(body[key], { items: [], outer: undefined, withs });
    return out;
  }
  for (const from of list(body['fromClause'])) walk.from(from, level);
  unbounded(walk, body, level);
  for (const key of valued) walk.value(body[key], level);
  for (const key of ['limitOffset', 'limitCount']) walk.value(body[key], level);
  return outputNames(body, level);
}

/** WITH: each name for those after it; with RECURSIVE for all of them. */
function withNames(walk: Walk, clause: Tree | undefined, outer: Level | undefined, given: Withs): Withs {
  if (!clause) return given;
  const withs = new Map(given);
  const all = list(clause['ctes']).map((one) => node(one)?.body ?? {});
  const recursive = clause['recursive'] === true;
  if (recursive)
    for (const one of all) {
      const renamed = names(one['aliascolnames']);
      const own = outputNames(node(one['ctequery'])?.body ?? {}, undefined);
      withs.set(text(one['ctename']) ?? '', own && [...renamed, ...own.slice(renamed.length)]);
    }
  for (const one of all) {
    const query = node(one['ctequery']);
    if (query?.kind !== 'SelectStmt') readOnly(`${query?.kind ?? 'a change'} in WITH`);
    else {
      const name = text(one['ctename']) ?? '';
      if (recursive) ending(query.body, name);
      if (one['search_clause'] !== undefined || one['cycle_clause'] !== undefined) notOffered('WITH has SEARCH or CYCLE');
      const own = walk.select(query.body, outer, new Map(withs));
      const renamed = names(one['aliascolnames']);
      withs.set(name, own && [...renamed, ...own.slice(renamed.length)]);
    }
  }
  return withs;
}

/** What goes on from itself must say when it ends. */
function ending(body: Tree, name: string): void {
  const again = tree(body['rarg']);
  if (!again || !JSON.stringify(again).includes(`"relname":${JSON.stringify(name)}`)) return;
  if (body['all'] === true && again['whereClause'] === undefined && list(again['fromClause']).length < 2 && !joins(again))
    invalid(`The recursion of ${name} has no WHERE, so nothing ends it`);
}

function joins(body: Tree): boolean {
  return list(body['fromClause']).some((from) => node(from)?.kind === 'JoinExpr');
}
