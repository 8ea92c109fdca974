import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { type Filter, parse, filter as tester } from 'scim2-parse-filter';
import { pageMax } from './discovery.ts';
import { ScimRefusal } from './errors.ts';
import type { ScimKind, ScimReader, ScimRow } from './read.ts';
import { narrowed, viewOf, viewsOf } from './view.ts';

export interface ListQuery {
  readonly filter: string | undefined;
  readonly startIndex: number;
  readonly count: number;
  readonly attributes: ReadonlySet<string>;
  readonly excluded: ReadonlySet<string>;
  readonly base: string;
}

const filterLengthMax = 2_000;

/** Reads the parameters of a list; numbers out of range mean the nearest that is in it (RFC 7644, section 3.4.2.4). */
export function listQuery(query: URLSearchParams, base: string): ListQuery {
  const number = (name: string, otherwise: number) => {
    const given = query.get(name);
    if (given === null) return otherwise;
    if (!/^-?\d{1,9}$/.test(given)) throw new ScimRefusal(400, `${name} is no number`, 'invalidValue');
    return Number(given);
  };
  const names = (name: string) =>
    new Set(
      (query.get(name) ?? '')
        .split(',')
        .map((one) => one.trim().toLowerCase())
        .filter((one) => one !== ''),
    );
  return {
    filter: query.get('filter') ?? undefined,
    startIndex: Math.max(1, number('startIndex', 1)),
    count: Math.min(pageMax, Math.max(0, number('count', pageMax))),
    attributes: names('attributes'),
    excluded: names('excludedAttributes'),
    base,
  };
}

/** One page of people or groups. */
export async function list(reader: ScimReader, kind: ScimKind, query: ListQuery): Promise<JsonObject> {
  const { rows, total } = await found(reader, kind, query);
  const wants = (name: string) => query.attributes.size === 0 || query.attributes.has(name);
  const without = new Set(['members', 'groups'].filter((name) => query.excluded.has(name) || !wants(name)));
  const views = await viewsOf(reader, kind, rows, { base: query.base, without });
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: total,
    startIndex: query.startIndex,
    itemsPerPage: views.length,
    Resources: views.map((view) => narrowed(view, query.attributes, query.excluded)),
  };
}

async function found(
  reader: ScimReader,
  kind: ScimKind,
  query: ListQuery,
): Promise<{ readonly rows: readonly ScimRow[]; readonly total: number }> {
  const from = query.startIndex - 1;
  if (query.filter === undefined) return await reader.page(kind, from, query.count);
  const matching = await matchingRows(reader, kind, query.filter, query.base);
  return { rows: matching.slice(from, from + query.count), total: matching.length };
}

async function matchingRows(reader: ScimReader, kind: ScimKind, text: string, base: string): Promise<readonly ScimRow[]> {
  const filter = parsed(text);
  const one = equality(filter);
  const name = kind === 'User' ? 'username' : 'displayname';
  if (one?.path === name) return await reader.all(kind, { name: one.value.toLowerCase() });
  if (one?.path === 'externalid') return await reader.all(kind, { externalId: one.value });
  if (one?.path === 'id') {
    const row = await reader.find(kind, one.value);
    return row ? [row] : [];
  }
  // Members are looked up only for a filter about them: who asks for all groups of a person asks this way.
  const ofMember = kind === 'Group' ? memberIn(filter) : undefined;
  const rows = await reader.all(kind);
  if (ofMember !== undefined) {
    const groups = new Set(((await reader.groupsOf([ofMember])).get(ofMember) ?? []).map(({ id }) => id));
    return rows.filter(({ id }) => groups.has(id));
  }
  if (/\b(members|groups)\b/i.test(text))
    throw new ScimRefusal(400, 'Of members and groups only `members.value eq "<id>"` can be asked', 'invalidFilter');
  const matches = tester(folded(filter as unknown as Json) as unknown as Filter);
  return rows.filter((row) => matches(folded(viewOf(row, base, {}))));
}

function parsed(text: string): Filter {
  if (text.length > filterLengthMax) throw new ScimRefusal(400, `A filter has at most ${filterLengthMax} characters`, 'invalidFilter');
  try {
    return parse(text);
  } catch (error) {
    throw new ScimRefusal(
      400,
      `The filter cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : 'it is malformed'}`,
      'invalidFilter',
    );
  }
}

/** A filter that is one comparison with `eq`, the way providers look somebody up. */
function equality(filter: Filter): { readonly path: string; readonly value: string } | undefined {
  if (filter.op !== 'eq' || !('compValue' in filter) || typeof filter.compValue !== 'string') return undefined;
  return { path: filter.attrPath.replace(/^urn:.*:/, '').toLowerCase(), value: filter.compValue };
}

function memberIn(filter: Filter): string | undefined {
  const one = equality(filter);
  if (one) return one.path === 'members.value' || one.path === 'members' ? one.value : undefined;
  if (filter.op !== '[]' || !('valFilter' in filter) || filter.attrPath.toLowerCase() !== 'members') return undefined;
  const inner = equality(filter.valFilter);
  return inner?.path === 'value' ? inner.value : undefined;
}

/** Names and values in lower case: to SCIM they are the same (RFC 7643, section 2.1 and 2.2). */
function folded(value: Json): Json {
  if (typeof value === 'string') return value.toLowerCase();
  if (Array.isArray(value)) return value.map(folded);
  if (typeof value !== 'object' || value === null) return value;
  // The members of a filter keep their names; those of a resource are attributes.
  const isFilter = Object.hasOwn(value, 'op');
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [isFilter ? name : name.toLowerCase(), folded(child)]));
}
