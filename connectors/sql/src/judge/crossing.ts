import { invalid } from '../refuse.ts';
import { list, names, node, type Tree } from './nodes.ts';
import type { Item, Level, Walk } from './scope.ts';

const unjoinedMax = 2;

/** Refuses a select over tables that nothing ties to each other: their rows multiply. */
export function unbounded(_: Walk, body: Tree, level: Level): void {
  const tables = level.items.filter((item) => item.table !== undefined);
  if (tables.length <= unjoinedMax) return;
  const group = new Map<Item, Item>(tables.map((item) => [item, item]));
  const root = (item: Item): Item => {
    const up = group.get(item) as Item;
    return up === item ? item : root(up);
  };
  const conditions = [...conjuncts(body['whereClause']), ...list(body['fromClause']).flatMap(joined)];
  for (const condition of conditions) {
    const [first, ...others] = tables.filter((item) => condition.natural || mentions(condition.value, item));
    for (const other of first ? others : []) group.set(root(other), root(first as Item));
  }
  const apart = new Set(tables.map(root)).size;
  if (apart > unjoinedMax) invalid(`${apart} tables are crossed with nothing that joins them; say how they belong together`);
}

interface Condition {
  readonly value: unknown;
  readonly natural?: boolean;
}

function conjuncts(value: unknown): readonly Condition[] {
  const found = node(value);
  if (!found) return [];
  if (found.kind === 'BoolExpr' && found.body['boolop'] === 'AND_EXPR') return list(found.body['args']).flatMap(conjuncts);
  return [{ value }];
}

/** What the joins of FROM say; a natural one or one with USING counts for all. */
function joined(value: unknown): readonly Condition[] {
  const found = node(value);
  if (found?.kind !== 'JoinExpr') return [];
  const { larg, rarg, quals, usingClause, isNatural } = found.body;
  const natural = isNatural === true || list(usingClause).length > 0 ? [{ value: undefined, natural: true }] : [];
  return [...joined(larg), ...joined(rarg), ...conjuncts(quals), ...natural];
}

/** Whether a condition speaks of an item: by its name, or by a column that only looks like its own. */
function mentions(value: unknown, item: Item): boolean {
  if (Array.isArray(value)) return value.some((one) => mentions(one, item));
  if (typeof value !== 'object' || value === null) return false;
  const found = node(value);
  if (found?.kind === 'ColumnRef') {
    const path = names(found.body['fields']);
    return path.length > 1 ? path.at(-2) === item.alias : (item.columns?.has(path[0] ?? '') ?? false);
  }
  return Object.values(value).some((one) => mentions(one, item));
}
