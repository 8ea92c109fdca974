import { randomUUID } from 'node:crypto';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import { RecordUnavailable } from '../../kernel/errors.ts';
import type { StepResult, Tx } from '../../kernel/recorder.ts';
import { ScimRefusal } from './errors.ts';
import type { ScimParts } from './parts.ts';
import { patched } from './patch.ts';
import type { ScimKind, ScimRow } from './read.ts';
import { type ScimUser, scimGroup, scimUser } from './schema.ts';
import { changeMembers, dropMembers, endSessions, insertResource, revokeTokens, updateResource } from './store.ts';
import { etagOf } from './view.ts';

/** Who asks, as the credential says: the name of whoever had it issued. */
export interface ScimAsking {
  readonly by: string;
  readonly token: string;
  /** `If-Match`, where it came. */
  readonly ifMatch?: string | undefined;
}

/** What an identity provider may do with people and groups. Every change is an entry in the same commit. */
export interface Scim {
  create(kind: ScimKind, body: unknown, asking: ScimAsking): Promise<string>;
  replace(kind: ScimKind, id: string, body: unknown, asking: ScimAsking): Promise<void>;
  patch(kind: ScimKind, id: string, body: unknown, asking: ScimAsking): Promise<void>;
  remove(kind: ScimKind, id: string, asking: ScimAsking): Promise<void>;
}

interface Wanted {
  readonly kind: ScimKind;
  readonly name: string;
  readonly active: boolean;
  readonly externalId: string | undefined;
  readonly resource: JsonObject;
  readonly members: readonly string[];
  /** Every name that a person is known by, lower case. */
  readonly names: readonly string[];
}

/** Opens it. */
export function openScim(parts: ScimParts): Scim {
  const { reader, clock } = parts;
  const existing = async (kind: ScimKind, id: string, { ifMatch }: ScimAsking): Promise<ScimRow> => {
    const row = await reader.find(kind, id);
    if (!row) throw new ScimRefusal(404, `There is no ${kind} ${id.slice(0, 64)}`);
    if (ifMatch !== undefined && ifMatch !== '*' && !ifMatch.split(',').some((tag) => tag.trim() === etagOf(row)))
      throw new ScimRefusal(412, 'It was changed since it was read');
    return row;
  };
  const change = async (row: ScimRow, body: unknown, asking: ScimAsking): Promise<void> => {
    const wanted = wantedOf(row.kind, body);
    const before = row.kind === 'Group' ? (await reader.membersOf(row.id)).map(({ id }) => id) : [];
    const atMs = clock();
    const ends = row.active === 1 && !wanted.active;
    const next = { ...row, ...columns(wanted), version: row.version + 1, changed_at_ms: atMs };
    const [had, has] = [new Set(before), new Set(wanted.members)];
    const [out, into] = [before.filter((id) => !has.has(id)), wanted.members.filter((id) => !had.has(id))];
    const action = ends ? 'person.deactivated' : row.active === 0 && wanted.active ? 'person.activated' : changed[row.kind];
    await commit(
      parts,
      [entry(atMs, action, wanted, asking, row.kind === 'Group' ? `${into.length} in, ${out.length} out` : undefined)],
      async (tx) => {
        const said = await updateResource(tx, next, row.version);
        if (!said.ok) return said;
        if (row.kind === 'Group') await changeMembers(tx, row.id, out, into);
        if (ends || (row.kind === 'User' && row.name !== wanted.name)) await endSessions(tx, [...wanted.names, row.name], atMs);
        return said;
      },
    );
  };
  return {
    async create(kind, body, asking) {
      const wanted = wantedOf(kind, body);
      const [atMs, id] = [clock(), randomUUID()];
      const row = { kind, id, ...columns(wanted), version: 1, created_at_ms: atMs, changed_at_ms: atMs, deleted_at_ms: null };
      await commit(
        parts,
        [entry(atMs, made[kind], wanted, asking, kind === 'Group' ? `${wanted.members.length} in` : undefined)],
        async (tx) => {
          const said = await insertResource(tx, row);
          if (said.ok && kind === 'Group') await changeMembers(tx, id, [], wanted.members);
          return said;
        },
      );
      return id;
    },
    replace: async (kind, id, body, asking) => change(await existing(kind, id, asking), body, asking),
    async patch(kind, id, body, asking) {
      const row = await existing(kind, id, asking);
      const members = kind === 'Group' ? { members: (await reader.membersOf(id)).map((one) => ({ value: one.id })) } : {};
      await change(row, patched({ ...(JSON.parse(row.resource) as JsonObject), ...members }, body), asking);
    },
    async remove(kind, id, asking) {
      const row = await existing(kind, id, asking);
      const atMs = clock();
      const wanted = wantedOf(kind, JSON.parse(row.resource));
      const next = { ...row, active: 0, version: row.version + 1, changed_at_ms: atMs, deleted_at_ms: atMs };
      await commit(parts, [entry(atMs, removed[kind], wanted, asking)], async (tx) => {
        const said = await updateResource(tx, next, row.version);
        if (!said.ok) return said;
        await dropMembers(tx, kind, id);
        if (kind === 'User') {
          await endSessions(tx, wanted.names, atMs);
          await revokeTokens(tx, wanted.names, atMs);
        }
        return said;
      });
    },
  };
}

const made = { User: 'person.provisioned', Group: 'group.provisioned' } as const;
const changed = { User: 'person.changed', Group: 'group.changed' } as const;
const removed = { User: 'person.removed', Group: 'group.removed' } as const;

function columns({ name, externalId, active, resource }: Wanted) {
  return { name, external_id: externalId ?? null, active: active ? 1 : 0, resource: JSON.stringify(resource) };
}

function wantedOf(kind: ScimKind, body: unknown): Wanted {
  const read = (kind === 'User' ? scimUser : scimGroup).safeParse(body);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new ScimRefusal(400, `${issue?.path.join('.') || kind}: ${issue?.message ?? 'it cannot be read'}`, 'invalidValue');
  }
  const {
    members = [],
    groups: _,
    id: __,
    meta: ___,
    schemas: ____,
    ...resource
  } = read.data as Record<string, Json> & { members?: readonly { value: string }[] };
  const user = kind === 'User' ? (read.data as ScimUser) : undefined;
  const name = String(user ? user.userName : resource['displayName']).toLowerCase();
  const emails = (user?.emails ?? []).flatMap(({ value }) => (value === undefined ? [] : [value.toLowerCase()]));
  return {
    kind,
    name,
    active: user?.active ?? true,
    externalId: typeof resource['externalId'] === 'string' ? resource['externalId'] : undefined,
    resource,
    members: [...new Set(members.map(({ value }) => value))],
    names: [...new Set([name, ...emails])],
  };
}

function entry(atMs: number, action: string, { kind, name }: Wanted, { by, token }: ScimAsking, more?: string): EntryFields {
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action,
    on_behalf_of: by,
    subject: kind === 'User' ? `person:${name}` : `group:${name}`,
    detail: [`by scim token ${token}`, more].filter((part) => part !== undefined).join(', '),
    assurance: { on_behalf_of: 'proved' },
  };
}

async function commit(
  { recorder, refresh }: ScimParts,
  entries: readonly EntryFields[],
  steps: (tx: Tx) => Promise<StepResult>,
): Promise<void> {
  const committed = await recorder.commit({ entries, steps });
  if (committed.status === 'conflict')
    throw committed.conflict === 'uniqueness'
      ? new ScimRefusal(409, 'Somebody or something has this name already', 'uniqueness')
      : new ScimRefusal(412, 'It was changed at the same time; read it again');
  if (committed.status !== 'committed') throw new RecordUnavailable(committed.status);
  await refresh();
}
