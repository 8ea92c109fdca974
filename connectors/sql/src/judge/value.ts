import { invalid, notOffered } from '../refuse.ts';
import { column } from './column.ts';
import { growing, mayBe, mayCall } from './functions.ts';
import { leaves, list, names, node, type Tree, text, tree, walked, wholeNumber } from './nodes.ts';
import type { Level, Walk } from './scope.ts';

const growthMax = 10_000;
const seriesMax = 1_000_000;

/** Looks at a value and at everything in it. A kind of node that is not known is refused. */
export function value(walk: Walk, given: unknown, level: Level): void {
  if (Array.isArray(given)) for (const one of given) value(walk, one, level);
  else {
    const found = node(given);
    if (!found) inside(walk, tree(given), level);
    else if (!leaves.has(found.kind)) (handled[found.kind] ?? other(found.kind))(walk, found.body, level);
  }
}

type Look = (walk: Walk, body: Tree, level: Level) => void;

/** The kinds of nodes that are handled each in its own way. */
const handled: Readonly<Record<string, Look>> = {
  ColumnRef: column,
  FuncCall: call,
  TypeCast: cast,
  SubLink: question,
  A_Indirection: part,
  SQLValueFunction: (_, body) => clock(body),
  ParamRef: () => invalid('The query has a parameter like $1; write the value itself'),
};

function other(kind: string): Look {
  if (!walked.has(kind)) notOffered(`The query uses ${kind}`);
  return (walk, body, level) => {
    if (kind === 'A_Expr' || kind === 'SortBy') builtin(names(body['name'] ?? body['useOp']), 'The operator');
    if (kind === 'A_Expr') told(walk, body);
    inside(walk, body, level);
  };
}

/** Everything in a structure. Type names stand only where they are looked at. */
function inside(walk: Walk, body: Tree | undefined, level: Level): void {
  for (const [key, child] of Object.entries(body ?? {})) {
    if (key === 'typeName') type(tree(child));
    else if (key !== 'name' && key !== 'useOp' && typeof child === 'object') value(walk, child, level);
  }
}

/** What is said with a schema must be the database's own. */
function builtin(path: readonly string[], what: string): string {
  const name = path.at(-1) ?? '';
  if (path.length > 2 || (path.length === 2 && path[0] !== 'pg_catalog')) notOffered(`${what} ${path.join('.')} is called`);
  return name;
}

function call(walk: Walk, body: Tree, level: Level): void {
  const name = builtin(names(body['funcname']), 'The function');
  if (!mayCall(name)) notOffered(`The function ${name} is called`);
  const args = list(body['args']);
  const much = growing.get(name);
  if (much !== undefined) {
    const count = wholeNumber(args[much]);
    if (count === undefined || count > growthMax || grows(args)) invalid(`${name} needs a length that is written out, up to ${growthMax}`);
  }
  if (name === 'generate_series') series(args);
  if (name.startsWith('json')) for (const one of args) path(walk, one);
  for (const [key, child] of Object.entries(body)) if (key !== 'funcname') value(walk, child, level);
}

/** A text that grows inside one that grows would be the product of both. */
function grows(args: readonly unknown[]): boolean {
  return /"sval":"(?:repeat|lpad|rpad)"/.test(JSON.stringify(args));
}

function series(args: readonly unknown[]): void {
  const [from, to, step = { A_Const: { ival: { ival: 1 } } }] = args;
  const numbers = [from, to, step].map(wholeNumber);
  const [first, last, by] = numbers;
  if (first === undefined || last === undefined || by === undefined) return;
  if (by === 0 || Math.abs((last - first) / by) > seriesMax) invalid(`generate_series makes more than ${seriesMax} rows`);
}

function cast(walk: Walk, body: Tree, level: Level): void {
  type(tree(body['typeName']));
  value(walk, body['arg'], level);
}

function type(typeName: Tree | undefined): void {
  const name = builtin(names(typeName?.['names']), 'The type');
  if (!mayBe(name) || typeName?.['setof'] === true || typeName?.['pct_type'] === true) notOffered(`The type ${name} is used`);
}

function question(walk: Walk, body: Tree, level: Level): void {
  builtin(names(body['operName']), 'The operator');
  if (body['testexpr'] !== undefined) value(walk, body['testexpr'], level);
  const select = node(body['subselect']);
  if (select?.kind !== 'SelectStmt') notOffered('A part of the query is no SELECT');
  else walk.select(select.body, level, level.withs);
}

const fields = /^(?:key|value|ordinality|f[1-9][0-9]?)$/;

/** `(row).field`: a field can also be a function, so only those that rows of our own making have. */
function part(walk: Walk, body: Tree, level: Level): void {
  value(walk, body['arg'], level);
  for (const step of list(body['indirection'])) {
    const found = node(step);
    const name = text(found?.body['sval']);
    if (found?.kind === 'A_Indices') inside(walk, found.body, level);
    else if (name === undefined || !fields.test(name)) notOffered('A field of a row value is asked for; name the column of its table');
  }
}

/** The time, and nothing of who is signed in. */
function clock(body: Tree): void {
  if (!/^SVFOP_(?:CURRENT_DATE|CURRENT_TIME|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)/.test(text(body['op']) ?? ''))
    notOffered('The query asks who is signed in');
}

/** A key of a JSON value that is written out, and has the name of a denied column. */
function told(walk: Walk, body: Tree): void {
  if (/^(?:->|->>|#>|#>>|@\?|@@|\?|\?\||\?&)$/.test(names(body['name'])[0] ?? '')) path(walk, body['rexpr']);
}

function path(walk: Walk, given: unknown): void {
  const found = node(given);
  const inner = found?.kind === 'TypeCast' ? node(found.body['arg']) : found;
  const said = text(tree(inner?.body['sval'])?.['sval'])?.toLowerCase();
  const words = said?.split(/[^\p{L}\p{N}_]+/u) ?? [];
  const denied = walk.bounds.deniedColumns.find((one) => words.includes((one.split('.').at(-1) ?? one).toLowerCase()));
  if (denied !== undefined) notOffered(`A JSON value is asked for its ${denied}, which is denied`);
}
