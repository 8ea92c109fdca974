import { createHash } from 'node:crypto';
import type { Code } from '@trapkey/contract/codes.ts';

/** How a release stands, each state with its sentence. */
export const releaseStates = {
  proposed: 'Somebody asked for it; nobody looks at it yet.',
  'in review': 'Security and data reviewers look at it.',
  canary: 'Some people use it; the others stay on the release before.',
  approved: 'It may be used; one approved release is the current one.',
  deprecated: 'It may still be used where it is current, and should be replaced.',
  revoked: 'It is refused everywhere, for good.',
} as const;
export type ReleaseState = keyof typeof releaseStates;

/** What the catalog holds releases of. */
export type SubjectKind = 'plugin' | 'connector';

/** One release by name; `version` of a connector counts its snapshots from 1. */
export interface ReleaseName {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly version: string;
}

/** Who tries a release before everybody has it: named people, and a share of all that is the same people each time. */
export interface Canary {
  readonly version: string;
  /** Lower case. */
  readonly people: readonly string[];
  /** Of 10,000. */
  readonly share: number;
}

/** What the catalog says of one plugin or connector; absent for what it does not know, which policy alone decides. */
export interface ReleaseStanding {
  readonly current: string | undefined;
  readonly canary: Canary | undefined;
  readonly states: ReadonlyMap<string, ReleaseState>;
}

/** Whether this person is one of those who try it. The same answer each time, on every node. */
export function triesIt(canary: Canary, id: string, person: string): boolean {
  const who = person.toLowerCase();
  if (canary.people.includes(who)) return true;
  const draw = createHash('sha256').update(`${id}@${canary.version}\n${who}`).digest().readUInt32BE(0) % 10_000;
  return draw < canary.share;
}

/** The release that a person is given when they connect. */
export function releaseFor(standing: ReleaseStanding | undefined, id: string, person: string): string | undefined {
  if (!standing) return undefined;
  return standing.canary && triesIt(standing.canary, id, person) ? standing.canary.version : standing.current;
}

/** Why a release is refused to a person, or undefined when it is one that they may use. */
export function refusedRelease(
  standing: ReleaseStanding,
  what: string,
  version: string,
  person: string,
): { readonly code: Code; readonly says: string } | undefined {
  const { current, canary, states } = standing;
  const named = `${what}@${version}`;
  const state = states.get(version);
  if (state === 'revoked')
    return {
      code: 'release_not_approved',
      says: `Release ${named} was revoked${current === undefined ? '' : `; ${what}@${current} is current. Update the plugin and connect again`}`,
    };
  if (canary?.version === version && triesIt(canary, what, person)) return undefined;
  if (current === version) return undefined;
  const instead = current === undefined ? 'and no other release is' : `${what}@${current} is current. Update the plugin and connect again`;
  if (state === 'approved' || state === 'deprecated' || (state === undefined && current !== undefined))
    return { code: 'release_not_current', says: `Release ${named} is not current; ${instead}` };
  const stands = state === 'canary' ? 'is being tried by others' : state === undefined ? 'is not in the catalog' : `is ${state}`;
  return { code: 'release_not_approved', says: `Release ${named} ${stands} and not approved for this person; ${instead}` };
}

/** Why a connector is refused to a person: its address names no release, so what counts is whether any is theirs to use. */
export function refusedConnector({ current, canary, states }: ReleaseStanding, id: string, person: string): string | undefined {
  if (current !== undefined || (canary && triesIt(canary, id, person))) return undefined;
  const last = [...states.values()].at(-1);
  return `The connector ${id} is ${last ?? 'not'} in the catalog, and no release of it is approved for this person`;
}
