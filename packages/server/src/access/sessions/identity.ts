import type { PolicySet } from '../../kernel/rules.ts';
import type { SessionReader } from './read.ts';

/** What of the running policy says who is who, and who owns what. */
export type Known = Pick<PolicySet, 'directory' | 'organization'> & Partial<Pick<PolicySet, 'plugins' | 'connectors' | 'connections'>>;

/** One id for one person, under whichever of their names they came. */
export function identityOf(policy: Known, name: string): string {
  const lower = name.trim().toLowerCase();
  return policy.directory.get(lower)?.id.toLowerCase() ?? lower;
}

/** Every name that a person may be enrolled under. */
export function namesOf({ directory }: Pick<Known, 'directory'>, person: string): readonly string[] {
  const known = directory.get(person);
  return [...new Set([person, ...(known ? [known.id, ...known.aliases] : [])].map((name) => name.toLowerCase()))];
}

/** What a person may do: as enrolled under any of their names, as policy gives it to them or their groups, and as what they own says. */
export async function rolesFor(
  policy: Known,
  reader: Pick<SessionReader, 'enrolledRoles'>,
  person: string,
  claimed: readonly string[] | undefined,
): Promise<readonly string[]> {
  const known = policy.directory.get(person);
  if (known?.inactive) return [];
  const groups = new Set((claimed ?? known?.groups ?? []).map((group) => `group:${group.toLowerCase()}`));
  const given = [...(policy.organization.roles ?? [])].filter(([, holders]) =>
    holders.some((holder) => (holder.startsWith('group:') ? groups.has(holder) : identityOf(policy, holder) === person)),
  );
  const owner = owns(policy, person) ? ['owner'] : [];
  return [...new Set([...(await reader.enrolledRoles(namesOf(policy, person))), ...given.map(([role]) => role), ...owner])].sort();
}

/** Whoever policy names as the owner of something looks after it, whether or not they were enrolled for that. */
function owns(policy: Known, person: string): boolean {
  return [policy.plugins, policy.connectors, policy.connections].some((owned) =>
    [...(owned?.values() ?? [])].some(({ owner }) => identityOf(policy, owner) === person),
  );
}
