/** A node of the parsed statement: one key that names it, or a plain structure. What is in it is looked at before it is used. */
export type Tree = Readonly<Record<string, unknown>>;

/** The kinds of nodes that are looked at by walking what is in them. Whatever is not here or handled by itself is refused. */
export const walked: ReadonlySet<string> = new Set(
  `ResTarget A_Expr BoolExpr NullTest BooleanTest CaseExpr CaseWhen CoalesceExpr MinMaxExpr A_ArrayExpr A_Indices RowExpr SortBy
  WindowDef GroupingSet GroupingFunc CollateClause List NamedArgExpr JsonObjectConstructor JsonArrayConstructor JsonKeyValue
  JsonValueExpr JsonArrayAgg JsonObjectAgg JsonAggConstructor JsonIsPredicate JsonFormat`.split(/\s+/),
);

/** Nodes with nothing in them that could reach anything. */
export const leaves: ReadonlySet<string> = new Set(['A_Const', 'String', 'Integer', 'Float', 'Boolean', 'BitString']);

/** A structure, or nothing. */
export function tree(value: unknown): Tree | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : undefined;
}

/** A list, empty where there is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text, or nothing. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** What kind of node this is, and what is in it; undefined for a plain structure. */
export function node(value: unknown): { readonly kind: string; readonly body: Tree } | undefined {
  const whole = tree(value);
  if (!whole) return undefined;
  const keys = Object.keys(whole);
  const [kind = ''] = keys;
  return keys.length === 1 && /^[A-Z]/.test(kind) ? { kind, body: tree(whole[kind]) ?? {} } : undefined;
}

/** The texts of a list of names: of a function, a type, an operator, an alias's columns. */
export function names(value: unknown): readonly string[] {
  return list(value).map((one) => text(node(one)?.body['sval']) ?? '');
}

/** A whole number that is written out; undefined for anything else. */
export function wholeNumber(value: unknown): number | undefined {
  const found = node(value);
  if (found?.kind === 'A_Expr' && names(found.body['name'])[0] === '-' && found.body['lexpr'] === undefined) {
    const inner = wholeNumber(found.body['rexpr']);
    return inner === undefined ? undefined : -inner;
  }
  const constant = found?.kind === 'A_Const' ? tree(found.body['ival']) : undefined;
  // Zero is what the parser leaves out.
  return constant && Number(constant['ival'] ?? 0);
}
