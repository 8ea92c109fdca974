import { list, names, node, type Tree, text } from './nodes.ts';
import type { Level } from './scope.ts';

const fixed: Readonly<Record<string, string>> = {
  CoalesceExpr: 'coalesce',
  A_ArrayExpr: 'array',
  RowExpr: 'row',
  GroupingFunc: 'grouping',
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonArrayAgg: 'json_arrayagg',
  JsonObjectAgg: 'json_objectagg',
};
const nothing = '?column?';

/** The name that PostgreSQL gives to a column that has none of its own. */
function nameOf(given: unknown): string {
  const { kind = '', body = {} } = node(given) ?? {};
  if (kind === 'ColumnRef') return names(body['fields']).at(-1) ?? nothing;
  if (kind === 'FuncCall') return names(body['funcname']).at(-1) ?? nothing;
  if (kind === 'TypeCast') return other(nameOf(body['arg']), names((body['typeName'] as Tree | undefined)?.['names']).at(-1));
  if (kind === 'CollateClause') return nameOf(body['arg']);
  if (kind === 'CaseExpr') return other(nameOf(body['defresult']), 'case');
  if (kind === 'MinMaxExpr') return body['op'] === 'IS_LEAST' ? 'least' : 'greatest';
  if (kind === 'A_Expr') return body['kind'] === 'AEXPR_NULLIF' ? 'nullif' : nothing;
  if (kind === 'SQLValueFunction') return (text(body['op']) ?? '').replace(/^SVFOP_|_N$/g, '').toLowerCase();
  if (kind === 'A_Indirection') return other(names(body['indirection']).findLast((name) => name !== '') ?? nothing, nameOf(body['arg']));
  if (kind === 'SubLink') return ofQuestion(body);
  return fixed[kind] ?? nothing;
}

function other(name: string, instead: string | undefined): string {
  return name === nothing ? (instead ?? nothing) : name;
}

function ofQuestion(body: Tree): string {
  if (body['subLinkType'] === 'EXISTS_SUBLINK') return 'exists';
  if (body['subLinkType'] === 'ARRAY_SUBLINK') return 'array';
  const target = node(list(node(body['subselect'])?.body['targetList'])[0])?.body;
  return body['subLinkType'] === 'EXPR_SUBLINK' ? (text(target?.['name']) ?? nameOf(target?.['val'])) : nothing;
}

/** The names of what a select gives; undefined where a `*` is of something unknown. */
export function outputNames(body: Tree, level: Pick<Level, 'items'> | undefined): readonly string[] | undefined {
  const values = list(body['valuesLists']);
  if (values.length > 0) return list(node(values[0])?.body['items']).map((_, i) => `column${i + 1}`);
  const left = body['larg'] as Tree | undefined;
  if (left) return outputNames(left, level);
  const out: string[] = [];
  for (const target of list(body['targetList'])) {
    const { name, val } = node(target)?.body ?? {};
    const found = node(val);
    const fields = found?.kind === 'ColumnRef' ? list(found.body['fields']) : [];
    if (node(fields.at(-1))?.kind !== 'A_Star') {
      out.push(text(name) ?? nameOf(val));
      continue;
    }
    const prefix = fields.length > 1 ? names(fields).at(-2) : undefined;
    const items = level?.items.filter((item) => prefix === undefined || item.alias === prefix) ?? [];
    if (items.length === 0 || items.some((item) => !item.columns)) return undefined;
    for (const item of items) out.push(...(item.columns?.keys() ?? []));
  }
  return out;
}
