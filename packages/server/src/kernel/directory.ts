import type { DirectoryPerson, PolicySet } from './rules.ts';

/** Where an identity provider keeps people and groups (RFC 7644). */
export const scimPath = '/scim/v2';

/** A person whom an identity provider keeps here. */
export interface ProvisionedPerson {
  readonly id: string;
  readonly active: boolean;
  readonly groups: readonly string[];
  readonly region: string | undefined;
  readonly manager: string | undefined;
  readonly aliases: readonly string[];
}

/** Everyone whom an identity provider keeps here, as of one look; an empty one changes nothing. */
export interface Provisioned {
  readonly people: readonly ProvisionedPerson[];
}

const sets = new WeakMap<PolicySet, { readonly of: Provisioned; readonly made: PolicySet }>();

/** The running policy with the people whom an identity provider keeps here: of them, its word on groups stands, not the file's. */
export function withProvisioned(set: PolicySet, provisioned: Provisioned): PolicySet {
  if (provisioned.people.length === 0) return set;
  const known = sets.get(set);
  if (known?.of === provisioned) return known.made;
  const made = { ...set, directory: directoryOf(set, provisioned) };
  sets.set(set, { of: provisioned, made });
  return made;
}

function directoryOf({ directory }: PolicySet, { people }: Provisioned): PolicySet['directory'] {
  const all = new Map(directory);
  const ids = new Set<string>();
  const merged = people.map((person) => {
    const listed = directory.get(person.id);
    const made: DirectoryPerson = {
      id: listed?.id ?? person.id,
      groups: person.groups,
      region: person.region ?? listed?.region ?? '',
      manager: person.manager ?? listed?.manager,
      aliases: [...new Set([...(listed?.aliases ?? []), ...person.aliases])],
      provisioned: true,
      ...(!person.active && { inactive: true }),
    };
    for (const id of [person.id, made.id.toLowerCase()]) {
      ids.add(id);
      all.set(id, made);
    }
    return made;
  });
  // An alias never takes a name that somebody has already.
  for (const person of merged)
    for (const alias of person.aliases) {
      const lower = alias.toLowerCase();
      const holder = all.get(lower);
      if (!ids.has(lower) && (!holder || holder.id === person.id)) all.set(lower, person);
    }
  return all;
}
