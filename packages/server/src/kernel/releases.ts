import { createHash } from 'node:crypto';
import type { Code } from '@trapkey/contract/codes.ts';
import type { ProvenPerson } from './approvals.ts';
import type { DefinitionKind } from './definition-kind.ts';
import type { Finding } from './inventory.ts';
import type { Capability, CapabilitySources, ScannedPlugin, WorstPath } from './scan.ts';

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

/** A file of a release. */
export interface ReleaseFile {
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
}

/** A definition as its connector declared it when the release was proposed. */
export interface ReleaseDefinition {
  readonly connector: string;
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly digest: string;
  readonly body: string;
}

/** Everything that a release is, by digest, and what a scan says of it. */
export interface ReleaseManifest {
  readonly format: 'trapkey-release/1';
  readonly files: readonly ReleaseFile[];
  readonly definitions: readonly ReleaseDefinition[];
  /** As the scan describes it; none for a connector. */
  readonly plugin: ScannedPlugin | undefined;
  readonly can: Readonly<Record<Capability, CapabilitySources>>;
  /** `event: what runs`, one line each. */
  readonly hooks: readonly string[];
  readonly findings: readonly Finding[];
  readonly paths: readonly WorstPath[];
}

/** One line of the checklist, filled from the scan. `failed` bars the release; `look` is for the reviewers' eyes. */
export interface ChecklistItem {
  readonly item: string;
  readonly state: 'passed' | 'look' | 'failed';
  readonly says: string;
}

/** A difference between two releases, in words. */
export interface ReleaseChange {
  readonly kind: string;
  readonly says: string;
  /** `high`: the release can do more, or speaks differently to the model; it needs a second security reviewer. */
  readonly weight: 'high' | 'usual';
}

export const reviewAspects = ['security', 'data'] as const;
export type ReviewAspect = (typeof reviewAspects)[number];

/** What one person found of one release. */
export interface SignOff {
  readonly aspect: ReviewAspect;
  readonly person: string;
  readonly passed: boolean;
  /** What they approved it for. */
  readonly capabilities: readonly Capability[];
  readonly note: string;
  readonly atMs: number;
}

/** A capability of a release, who approved it, and which witness sees it used. */
export interface ApprovedCapability {
  readonly capability: Capability;
  /** Parts that certainly can; `unknown` of which nobody knows. */
  readonly parts: readonly string[];
  readonly unknown: readonly string[];
  readonly seenBy: readonly string[];
  readonly approvedBy: readonly { readonly person: string; readonly aspect: ReviewAspect; readonly atMs: number }[];
}

/** A release as lists show it. */
export interface ReleaseSummary extends ReleaseName {
  readonly state: ReleaseState;
  readonly owner: string;
  readonly current: boolean;
  readonly sourceDigest: string;
  readonly servedDigest: string | undefined;
  readonly proposedBy: string;
  readonly proposedAtMs: number;
  readonly stateBy: string;
  readonly stateAtMs: number;
  readonly reviewDueMs: number | undefined;
}

/** A release with everything that a reviewer needs. */
export interface ReleaseDetail extends ReleaseSummary {
  readonly source: string;
  readonly canary: Canary | undefined;
  readonly manifest: ReleaseManifest;
  readonly checklist: readonly ChecklistItem[];
  /** Against the release that is current. */
  readonly changes: readonly ReleaseChange[];
  readonly against: string | undefined;
  readonly signOffs: readonly SignOff[];
  readonly capabilities: readonly ApprovedCapability[];
  /** What is missing before it can be approved, in words. */
  readonly missing: readonly string[];
}

/** What somebody does with a release. */
export interface ReleaseAct extends ReleaseName {
  readonly by: ProvenPerson;
  readonly reason: string;
}

/** The catalog of releases. Mistakes are `UserError`s; every change is an entry. */
export interface Releases {
  list(): Promise<readonly ReleaseSummary[]>;
  show(release: ReleaseName, against?: string): Promise<ReleaseDetail | undefined>;
  /** Reads a folder, archive or repository and keeps it as a proposed release; nothing of it runs. */
  propose(wish: {
    readonly source: string;
    readonly owner?: string;
    readonly by: ProvenPerson;
    readonly privateNetwork: boolean;
  }): Promise<ReleaseDetail>;
  /** A connector as its connection declares it now. */
  proposeConnector(wish: { readonly connector: string; readonly owner?: string; readonly by: ProvenPerson }): Promise<ReleaseDetail>;
  review(act: ReleaseAct): Promise<ReleaseDetail>;
  sign(
    act: ReleaseAct & { readonly aspect: ReviewAspect; readonly passed: boolean; readonly capabilities?: readonly Capability[] },
  ): Promise<ReleaseDetail>;
  canary(act: ReleaseAct & { readonly people: readonly string[]; readonly share: number }): Promise<ReleaseDetail>;
  approve(act: ReleaseAct & { readonly reviewInMs?: number }): Promise<ReleaseDetail>;
  /** Makes an approved release the current one again; the next call already meets it. */
  rollBack(act: Omit<ReleaseAct, 'version'> & { readonly version?: string }): Promise<ReleaseDetail>;
  deprecate(act: ReleaseAct): Promise<ReleaseDetail>;
  revoke(act: ReleaseAct): Promise<ReleaseDetail>;
}
