import type { Provisioned, ProvisionedPerson } from '../../kernel/directory.ts';
import { readScim, type ScimReader, type ScimRow } from './read.ts';
import { enterpriseSchema, type ScimGroup, type ScimUser, trapkeySchema } from './schema.ts';

/** The people whom an identity provider keeps here, in memory: no call asks the database who somebody is. */
export interface LiveDirectory {
  current(): Provisioned;
  /** Reads them again where anything changed; rejects when the database cannot be read. */
  refresh(): Promise<void>;
}

/** Opens it, read once. */
export async function openDirectory(database: Parameters<typeof readScim>[0]): Promise<LiveDirectory> {
  const reader = readScim(database);
  let current: Provisioned = { people: [] };
  let marks = '';
  let running: Promise<void> | undefined;
  let again = false;
  const load = async (): Promise<void> => {
    const now = await reader.marks();
    if (now === marks) return;
    current = provisionedOf(await reader.everyone());
    marks = now;
  };
  const refresh = (): Promise<void> => {
    // What changed while it is being read may not be in it.
    if (running) again = true;
    running ??= load().finally(() => {
      running = undefined;
    });
    return running.then(() => {
      if (!again) return;
      again = false;
      return refresh();
    });
  };
  await refresh();
  return { current: () => current, refresh };
}

function provisionedOf({ people, groups, members }: Awaited<ReturnType<ScimReader['everyone']>>): Provisioned {
  const living = groups.filter(({ deleted_at_ms }) => deleted_at_ms === null);
  const names = new Map(living.map((row) => [row.id, String((JSON.parse(row.resource) as ScimGroup).displayName)]));
  const groupsOf = new Map<string, string[]>();
  for (const { group_id, member } of members) {
    const name = names.get(group_id);
    if (name !== undefined) groupsOf.set(member, [...(groupsOf.get(member) ?? []), name]);
  }
  const byId = new Map(people.map((row) => [row.id, row.name]));
  const isLiving = ({ deleted_at_ms }: ScimRow) => deleted_at_ms === null;
  const taken = new Set(people.filter(isLiving).map(({ name }) => name));
  // Removed stays refused, until the provider makes somebody of that name again.
  const gone = new Map(people.filter((row) => !isLiving(row) && !taken.has(row.name)).map((row) => [row.name, row]));
  return { people: [...people.filter(isLiving), ...gone.values()].map((row) => personOf(row, groupsOf.get(row.id) ?? [], byId)) };
}

function personOf(row: ScimRow, groups: readonly string[], names: ReadonlyMap<string, string>): ProvisionedPerson {
  const user = JSON.parse(row.resource) as ScimUser;
  const manager = user[enterpriseSchema]?.manager?.value;
  return {
    id: row.name,
    active: row.active === 1 && row.deleted_at_ms === null,
    groups,
    region: user[trapkeySchema]?.region,
    manager: manager === undefined ? undefined : (names.get(manager) ?? manager),
    aliases: (user.emails ?? []).flatMap(({ value }) =>
      value === undefined || value.toLowerCase() === row.name ? [] : [value.toLowerCase()],
    ),
  };
}
