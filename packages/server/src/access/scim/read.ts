import type { Database } from '../../storage/database.ts';
import type { ScimResourcesTable } from '../../storage/tables.ts';

export type ScimKind = ScimResourcesTable['kind'];
export type ScimRow = Readonly<ScimResourcesTable>;

/** The most people, or groups, that are looked through for a filter that no index answers. */
const scanMax = 50_000;

/** What may be asked of the people and groups that an identity provider keeps here. */
export interface ScimReader {
  find(kind: ScimKind, id: string): Promise<ScimRow | undefined>;
  /** In the order of their making. `by` narrows to one name or external id. */
  all(kind: ScimKind, by?: { readonly name: string } | { readonly externalId: string }): Promise<readonly ScimRow[]>;
  page(kind: ScimKind, from: number, count: number): Promise<{ readonly rows: readonly ScimRow[]; readonly total: number }>;
  membersOf(group: string): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** Groups of each of these people. */
  groupsOf(people: readonly string[]): Promise<ReadonlyMap<string, readonly { readonly id: string; readonly name: string }[]>>;
  /** The same text while nothing changed. */
  marks(): Promise<string>;
  /** Everyone at once, deleted ones too, and who is in which group: what the directory is made of. */
  everyone(): Promise<{
    readonly people: readonly ScimRow[];
    readonly groups: readonly ScimRow[];
    readonly members: readonly { readonly group_id: string; readonly member: string }[];
  }>;
}

/** Opens them for reading. */
export function readScim({ read }: Pick<Database, 'read'>): ScimReader {
  const living = (kind: ScimKind) => read.selectFrom('scim_resources').where('kind', '=', kind).where('deleted_at_ms', 'is', null);
  const ordered = (kind: ScimKind) => living(kind).selectAll().orderBy('created_at_ms').orderBy('id');
  return {
    find: (kind, id) => living(kind).selectAll().where('id', '=', id).executeTakeFirst(),
    all(kind, by) {
      if (!by) return ordered(kind).limit(scanMax).execute();
      const narrowed = 'name' in by ? ordered(kind).where('name', '=', by.name) : ordered(kind).where('external_id', '=', by.externalId);
      return narrowed.limit(scanMax).execute();
    },
    async page(kind, from, count) {
      const { total } = await living(kind)
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      return { rows: count === 0 ? [] : await ordered(kind).offset(from).limit(count).execute(), total: Number(total) };
    },
    membersOf: (group) =>
      read
        .selectFrom('scim_members as m')
        .innerJoin('scim_resources as u', (join) => join.onRef('u.id', '=', 'm.member').on('u.kind', '=', 'User'))
        .select(['u.id', 'u.name'])
        .where('m.group_id', '=', group)
        .orderBy('u.id')
        .execute(),
    async groupsOf(people) {
      const found = new Map<string, { id: string; name: string }[]>();
      if (people.length === 0) return found;
      const rows = await read
        .selectFrom('scim_members as m')
        .innerJoin('scim_resources as g', (join) => join.onRef('g.id', '=', 'm.group_id').on('g.kind', '=', 'Group'))
        .select(['m.member', 'g.id', 'g.resource'])
        .where('m.member', 'in', people)
        .execute();
      for (const { member, id, resource } of rows) {
        const name = String((JSON.parse(resource) as { displayName?: unknown }).displayName);
        found.set(member, [...(found.get(member) ?? []), { id, name }]);
      }
      return found;
    },
    async marks() {
      const row = await read
        .selectFrom('scim_resources')
        .select((eb) => [eb.fn.countAll().as('rows'), eb.fn.sum('version').as('versions'), eb.fn.max('changed_at_ms').as('changed')])
        .executeTakeFirst();
      return JSON.stringify(row ?? {});
    },
    async everyone() {
      const rows = await read.selectFrom('scim_resources').selectAll().orderBy('changed_at_ms').execute();
      const members = await read.selectFrom('scim_members').select(['group_id', 'member']).execute();
      return { people: rows.filter(({ kind }) => kind === 'User'), groups: rows.filter(({ kind }) => kind === 'Group'), members };
    },
  };
}
