import type { JsonObject } from '@trapkey/contract/json.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import type { ScimKind, ScimReader, ScimRow } from './read.ts';
import { groupSchema, userSchema } from './schema.ts';

export const endpointOf: Readonly<Record<ScimKind, 'Users' | 'Groups'>> = { User: 'Users', Group: 'Groups' };

/** The version of what is stored, as a header has it. */
export function etagOf({ version }: Pick<ScimRow, 'version'>): string {
  return `W/"${version}"`;
}

/** What a provider sent, with what is known here. */
export function viewOf(row: ScimRow, base: string, more: JsonObject): JsonObject {
  const sent = JSON.parse(row.resource) as JsonObject;
  const core = row.kind === 'User' ? userSchema : groupSchema;
  const extensions = Object.keys(sent).filter((key) => key.startsWith('urn:'));
  return {
    ...sent,
    ...more,
    schemas: [core, ...extensions.filter((key) => key !== core)],
    id: row.id,
    meta: {
      resourceType: row.kind,
      created: rfc3339(row.created_at_ms),
      lastModified: rfc3339(row.changed_at_ms),
      location: `${base}/${endpointOf[row.kind]}/${row.id}`,
      version: etagOf(row),
    },
  };
}

/** Views of many, with groups or members where they are asked for. */
export async function viewsOf(
  reader: ScimReader,
  kind: ScimKind,
  rows: readonly ScimRow[],
  { base, without }: { readonly base: string; readonly without: ReadonlySet<string> },
): Promise<readonly JsonObject[]> {
  if (kind === 'Group') {
    const views: JsonObject[] = [];
    for (const row of rows) {
      const members = without.has('members') ? undefined : await reader.membersOf(row.id);
      const listed = members?.map(({ id, name }) => ({ value: id, display: name, type: 'User', $ref: `${base}/Users/${id}` }));
      views.push(viewOf(row, base, listed ? { members: listed } : {}));
    }
    return views;
  }
  const groups = without.has('groups') ? undefined : await reader.groupsOf(rows.map(({ id }) => id));
  return rows.map((row) => {
    const listed = groups?.get(row.id)?.map(({ id, name }) => ({ value: id, display: name, $ref: `${base}/Groups/${id}` }));
    return viewOf(row, base, listed ? { groups: listed } : {});
  });
}

/** Only the attributes that were asked for, and what always comes (RFC 7644, section 3.9). */
export function narrowed(view: JsonObject, attributes: ReadonlySet<string>, excluded: ReadonlySet<string>): JsonObject {
  if (attributes.size === 0 && excluded.size === 0) return view;
  const wanted = (name: string) => {
    const lower = name.toLowerCase();
    if (['id', 'schemas', 'meta'].includes(lower)) return true;
    return attributes.size > 0 ? attributes.has(lower) : !excluded.has(lower);
  };
  return Object.fromEntries(Object.entries(view).filter(([name]) => wanted(name)));
}
