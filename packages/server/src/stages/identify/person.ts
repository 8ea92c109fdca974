import type { Credential } from '../../kernel/call.ts';
import type { DirectoryPerson, PolicySet, ProfileRules } from '../../kernel/rules.ts';

/** A person as the directory and the credential know them. */
export interface Person {
  readonly id: string;
  readonly groups: readonly string[];
  readonly region: string;
  readonly names: ReadonlySet<string>;
  readonly inactive: boolean;
}

/** Resolves aliases. A provider's word on groups stands, an empty one too; other credentials have those of the directory now. */
export function personOf(credential: Credential, policy: PolicySet): Person {
  const known = policy.directory.get(credential.person.toLowerCase());
  const id = known?.id ?? credential.person;
  return {
    id,
    groups: groupsOf(credential, known),
    region: known?.region ?? '',
    inactive: known?.inactive ?? false,
    names: new Set([id, credential.person, ...(known?.aliases ?? [])].map((name) => name.toLowerCase())),
  };
}

/** Of who is kept here by the provider, a claim that names more groups than the directory is older than it, or forged. */
function groupsOf(credential: Credential, known: DirectoryPerson | undefined): readonly string[] {
  if (!known) return credential.groups;
  if (credential.kind !== 'jwt') return known.groups;
  return known.provisioned ? credential.groups.filter((group) => known.groups.includes(group)) : credential.groups;
}

/** Whether a `for:` list (`group:<name>` or people) includes the person. An empty list includes nobody. */
export function isFor(list: readonly string[], person: Person): boolean {
  return list.some((entry) =>
    entry.startsWith('group:') ? person.groups.includes(entry.slice('group:'.length)) : person.names.has(entry.toLowerCase()),
  );
}

/** The profile that was asked for, else the narrowest that the person may use; undefined when the plugin has none. */
export function profileOf(
  asked: string | undefined,
  profiles: readonly ProfileRules[],
  person: Person,
): ProfileRules | undefined | 'none usable' {
  if (profiles.length === 0 && asked === undefined) return undefined;
  const usable = profiles.filter((profile) => isFor(profile.for, person) && (asked === undefined || profile.id === asked));
  return usable.toSorted((a, b) => breadth(a) - breadth(b) || (a.id < b.id ? -1 : 1))[0] ?? 'none usable';
}

function breadth(profile: ProfileRules): number {
  let tools = 0;
  for (const line of profile.allow) tools += line.tools.has('*') ? 1_000_000 : line.tools.size;
  return tools;
}
