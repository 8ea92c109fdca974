import type { ReleaseTexts } from '@trapkey/contract/api/catalog.ts';
import type { ProvenPerson } from './approvals.ts';
import type { SignOffNeed } from './blast.ts';
import type { DefinitionKind } from './definition-kind.ts';
import type { Finding } from './inventory.ts';
import type { Canary, ReleaseName, ReleaseState } from './release-standing.ts';
import type { Capability, CapabilitySources, ScannedPlugin, WorstPath } from './scan.ts';

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

/** `blast_radius` only for a release over the policy's max, by those whom `blast_radius.above` names. */
export const reviewAspects = ['security', 'data', 'blast_radius'] as const;
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
  /** Set where it may alter more without a person than policy allows: who has to sign that, and why. */
  readonly over: SignOffNeed | undefined;
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
  /** What differs from `against`, as it is written. */
  texts(release: ReleaseName, against?: string): Promise<ReleaseTexts | undefined>;
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
