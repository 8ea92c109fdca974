import type { Effect, Mode, Tier } from '@trapkey/contract/codes.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { RowCondition } from '@trapkey/contract/rows.ts';
import type { TableBounds } from '@trapkey/contract/tables.ts';
import type { UpstreamAddress } from '@trapkey/contract/upstream.ts';
import type { AlertRules } from './alert-rules.ts';
import type { AutonomyLevel } from './autonomy-level.ts';
import type { BlastRule } from './blast.ts';
import type { ClientWaits } from './client-waits.ts';
import type { CredentialRules } from './credential-rules.ts';
import type { DataRules } from './data.ts';
import type { LimitIndex } from './limit-rules.ts';
import type { ReleaseStanding } from './release-standing.ts';
import type { Outsiders } from './written-by.ts';

/** What an expression sees; see `3-policy`. Names that are not known at a stage are absent. */
export interface ExpressionScope {
  readonly args: JsonObject;
  readonly person: { readonly id: string; readonly groups: readonly string[]; readonly region: string };
  readonly plugin: string;
  readonly release: string;
  readonly profile: string;
  readonly run: { readonly id: string; readonly started: number };
  readonly agent: { readonly id: string; readonly depth: number };
  readonly tool: string;
  readonly connector: string;
  readonly now: number;
  readonly reach?: number;
  readonly amount?: number;
  readonly destination?: string;
  readonly result?: JsonObject;
  readonly row?: JsonObject;
  /** The before-image, in `undo`. */
  readonly before?: JsonObject;
  /** Arguments of a staged change, in `overlay`. */
  readonly staged?: JsonObject;
}

/** A CEL expression compiled at load. `evaluate` throws PolicyError when it errors or gives another type. */
export interface Expression<T> {
  readonly id: string;
  readonly source: string;
  /** Root names that it mentions (`args`, `reach`, `lists` …). */
  readonly mentions: ReadonlySet<string>;
  evaluate(scope: ExpressionScope): T;
}

/** A read-only call that answers a question of policy. The tool is one that this plugin reads through `connector`. */
export interface ProbeRule {
  readonly connector: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, Expression<unknown>>>;
  readonly value: Expression<unknown>;
}

/** Reads one record through a `read` tool of `connector`, a sibling over the same connection. */
export interface ImageRule {
  readonly connector: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, Expression<unknown>>>;
  readonly rule: string;
}

/** A call of the same connector that takes a change back; its expressions see `args`, `before` and `result`. */
export interface UndoRule {
  readonly tool: string;
  readonly args: Readonly<Record<string, Expression<unknown>>>;
  readonly rule: string;
}

/** `stage:` of a tool. */
export interface StageRule {
  /** So many of one run happen; the next ones are staged. */
  readonly over: number;
  /** How many changes of a batch are drawn for a person. */
  readonly sample: number;
  /** A batch of more changes needs an approval as a whole; undefined: never for its size. */
  readonly ticketOver: number | undefined;
  readonly rule: string;
}

/** `overlay:` of a read. */
export interface OverlayRule {
  /** `connector.tool` whose staged changes are shown. */
  readonly of: string;
  readonly where: Expression<boolean>;
  readonly set: Readonly<Record<string, Expression<unknown>>>;
  readonly rule: string;
}

export interface CheckRule {
  readonly id: string;
  readonly rule: Expression<boolean>;
  readonly says: string;
  readonly mode: Mode;
  /** True when it mentions reach, amount or destination, and so can only speak after tier. */
  readonly needsTier: boolean;
}

/** A schema problem in words, `undefined` when valid. Compiled at load; linear-time patterns. */
export type Validate = (value: unknown) => string | undefined;

export interface ApprovalRule {
  /** `group:<name>` or person ids. */
  readonly approvers: readonly string[];
  readonly needs: number;
  readonly expiresMs: number;
  readonly rule: string;
  /** Groups of which each must be among those who approve, each by a person of its own. */
  readonly distinct?: readonly string[];
  /** Who may decide in whose place, by the id of the one who is away. */
  readonly delegates?: ReadonlyMap<string, { readonly to: string; readonly untilMs: number }>;
  /** These may decide too when nobody did in time. */
  readonly escalate?: { readonly afterMs: number; readonly to: readonly string[] } | undefined;
  readonly remindMs?: number | undefined;
  /** `approval`: it runs as soon as it is approved, and its result waits to be picked up. */
  readonly run?: 'resume' | 'approval';
  /** A person decides each time: no standing grant is made of it or used. */
  readonly grants?: 'never';
  /** Stricter steps, the farthest last: they hold where the pieces of one goal reach more than this together. */
  readonly above?: readonly { readonly reach: number; readonly rule: ApprovalRule }[];
}

export interface ToolRules {
  /** Who writes what its answers hold; undefined: as the connector says. */
  readonly outsiders?: Outsiders | undefined;
  readonly name: string;
  readonly effect: Effect;
  readonly reversible: boolean;
  readonly reach: Expression<number> | ProbeRule | undefined;
  readonly recipients: Expression<readonly string[]> | ProbeRule | undefined;
  readonly destination: Expression<string> | undefined;
  readonly amount: { readonly value: Expression<number>; readonly currency: Expression<string> } | undefined;
  readonly sources: readonly Expression<string>[];
  readonly checks: readonly CheckRule[];
  /** JSON Schema laid over the tool's own, and its validator. */
  readonly overlay: { readonly schema: JsonObject; readonly validate: Validate } | undefined;
  readonly approvals: ApprovalRule | undefined;
  readonly requiresApproval: boolean;
  /** Words for the ticket, `{reach}` and `{args.x}` filled from bound bytes. */
  readonly says: string | undefined;
  readonly instead: string | undefined;
  readonly idempotent: boolean;
  /** CEL-free name of the upstream argument that takes an idempotency key, where it has one. */
  readonly idempotencyArgument: string | undefined;
  readonly mode: Mode;
  /** What it is about to change, read ahead of dispatch. */
  readonly before?: ImageRule | undefined;
  /** The call that takes it back. */
  readonly undo?: UndoRule | undefined;
  /** From when on it lands in a batch. */
  readonly stage?: StageRule | undefined;
  /** Of a read: which staged changes its answer shows. */
  readonly overlays?: OverlayRule | undefined;
  /** Classes that each of its answers holds, where policy says so. */
  readonly data?: readonly string[] | undefined;
}

/** A pattern over resource URIs or prompt names; `*` matches anything but is anchored at both ends. */
export interface NamePattern {
  readonly source: string;
  matches(name: string): boolean;
}

export interface ConnectorRules {
  /** Who writes what its answers hold; undefined: the owner said nothing. */
  readonly outsiders?: Outsiders | undefined;
  readonly id: string;
  readonly connection: string;
  readonly owner: string;
  readonly access: 'read-only' | 'read-write';
  readonly environment: string;
  readonly systemOfRecord: boolean;
  readonly requiresApproval: boolean;
  readonly tools: ReadonlyMap<string, ToolRules>;
  readonly resources: readonly NamePattern[];
  readonly prompts: readonly NamePattern[];
  readonly mode: Mode;
  /** Set when this build has no connection that can enforce the document (SQL before its connector exists). */
  readonly notEnforceable: string | undefined;
  readonly alertRowsOver: number | undefined;
  /** Of a connector over a database: its tables, columns and rows. */
  readonly bounds?: TableBounds | undefined;
  /** What its answers hold and how they are screened; undefined where policy says nothing of it. */
  readonly data?: DataRules | undefined;
  /** What the catalog says of it; absent where it knows nothing. */
  readonly releases?: ReleaseStanding;
}

export interface ConnectionRules {
  readonly id: string;
  readonly owner: string;
  /** Resolved from the document with `${env:…}`; undefined when there is none, or it is not of an offered kind. */
  readonly upstream: UpstreamAddress | undefined;
  /** Tools that a client runs itself: its hook asks for them, and nothing is dispatched from here. */
  readonly hook?: 'claude' | undefined;
  readonly sharing: 'none' | 'all';
  readonly environment: string;
  readonly sampling: boolean;
  /** Undefined: one service account stands for all. */
  readonly credentials?: CredentialRules | undefined;
  readonly elicitationHosts: readonly string[];
  readonly callTimeoutMs: number;
}

export interface PluginRules {
  readonly id: string;
  readonly owner: string;
  readonly version: string;
  readonly for: readonly string[];
  readonly connectors: readonly string[];
  /** By `connector.tool`. */
  readonly autonomy: ReadonlyMap<string, AutonomyLevel>;
  readonly mode: Mode;
  /** Where what it holds lies; undefined: only the region of the person counts. */
  readonly region?: string | undefined;
  readonly mayNotSee?: readonly string[];
  readonly mayNotLeave?: readonly string[];
  /** Skills and agents that the release may use; undefined: any. */
  readonly skills?: readonly NamePattern[] | undefined;
  readonly agents?: readonly NamePattern[] | undefined;
  /** What the catalog says of it: then `version` is its current release. Absent where it knows nothing. */
  readonly releases?: ReleaseStanding;
}

/** A name that a profile binds for the length of a run, and where calls say it. */
export interface BindRule {
  readonly name: string;
  readonly values: readonly { readonly expression: Expression<unknown>; readonly args: readonly string[] }[];
}

export interface ProfileRules {
  readonly id: string;
  readonly plugin: string;
  readonly for: readonly string[];
  readonly allow: readonly {
    readonly connector: string;
    readonly tools: ReadonlySet<string>;
    readonly when: Expression<boolean> | undefined;
    readonly rule: string;
  }[];
  readonly lastsMs: number | undefined;
  readonly binds?: readonly BindRule[];
  /** Of those of the plugin; undefined: all of them. */
  readonly skills?: readonly NamePattern[] | undefined;
  readonly agents?: readonly NamePattern[] | undefined;
}

export interface AutoExecuteRule {
  readonly id: string;
  readonly connector: string;
  readonly tool: string;
  readonly reachMax: number | undefined;
  /** What the pieces of one goal may reach together; `reachMax` where it is not said. */
  readonly togetherMax?: number | undefined;
  readonly because: string;
  readonly owner: string;
  readonly untilMs: number;
  /** plugin@version and tool definition that earned it; undefined where the document binds it to none. */
  readonly release: string | undefined;
  readonly definition: string | undefined;
}

export interface FreezeRule {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly bars: readonly Effect[];
}

export interface OrganizationRules {
  readonly id: string;
  readonly owner: string;
  readonly solo: boolean;
  readonly inside: { readonly domains: readonly string[]; readonly hosts: readonly string[]; readonly channels: readonly NamePattern[] };
  readonly tiers: ReadonlyMap<Effect, 'low' | 'medium' | 'high'>;
  readonly autonomyStart: AutonomyLevel;
  readonly autoExecute: readonly AutoExecuteRule[];
  /** Who approves the high tier where nothing narrower says so. */
  readonly approvals: ApprovalRule;
  /** The same by tier, where they differ from the high tier's. */
  readonly approvalsByTier?: ReadonlyMap<Tier, ApprovalRule>;
  /** Who may let a held call run alone in an emergency: `group:<name>` or person ids. */
  readonly breakGlass?: readonly string[];
  /** How much one unattended action or run may alter before a loosening needs others to sign it. */
  readonly blastRadius?: BlastRule | undefined;
  /** Where people are told of what waits for them. */
  readonly alerts?: AlertRules | undefined;
  readonly freeze: readonly FreezeRule[];
  /** How long a held call waits before the agent is told, by client, where policy says so. */
  readonly waitsMs?: ClientWaits;
  readonly mode: Mode;
  /** What becomes of another way to what was refused; absent: refused. */
  readonly sameGoal?: Mode;
  /** `claimed`: a prompt counts though the agent may be able to write where it comes from. */
  readonly prompts?: 'claimed' | undefined;
  /** Effects that run without a person where every value that counts is known from the prompt, the policy or trusted results. */
  readonly knownRuns?: readonly Effect[];
  /** What the announcement of a call by its client's hook is to the gateway; undefined: it is not looked for. */
  readonly hooks?: 'require' | 'observe' | undefined;
  /** Who holds a role besides those who are enrolled with it: `group:<name>` or person ids. */
  readonly roles?: ReadonlyMap<string, readonly string[]>;
}

/** One `rows:` of an entitlement: as an expression, and as a condition for a database where it can be one. */
export interface RowRule {
  readonly keeps: Expression<boolean>;
  readonly condition: ((person: ExpressionScope['person']) => RowCondition) | undefined;
}

/** One `allow` line of an entitlement. */
export interface EntitlementLine {
  readonly rule: string;
  readonly groups: ReadonlySet<string>;
  /** Lower case. */
  readonly people: ReadonlySet<string>;
  /** Undefined: all that the connector offers. */
  readonly tools: ReadonlySet<string> | undefined;
  readonly rows: RowRule | undefined;
}

/** The lines of each connector that any entitlement names. */
export type EntitlementIndex = ReadonlyMap<string, readonly EntitlementLine[]>;

export interface DirectoryPerson {
  readonly id: string;
  readonly groups: readonly string[];
  readonly region: string;
  readonly manager: string | undefined;
  readonly aliases: readonly string[];
  /** Kept here by an identity provider: claims can narrow their groups, and never add to them. */
  readonly provisioned?: true;
  /** Deactivated or removed there: refused everywhere. */
  readonly inactive?: true;
}

/** The loaded set, compiled once, immutable. Everything a stage asks of policy is a lookup here. */
export interface PolicySet {
  readonly digest: string;
  readonly organization: OrganizationRules;
  readonly connections: ReadonlyMap<string, ConnectionRules>;
  readonly connectors: ReadonlyMap<string, ConnectorRules>;
  readonly plugins: ReadonlyMap<string, PluginRules>;
  readonly profiles: ReadonlyMap<string, readonly ProfileRules[]>;
  /** By id and by alias, lower case. */
  readonly directory: ReadonlyMap<string, DirectoryPerson>;
  readonly lists: ReadonlyMap<string, { readonly digest: string; readonly values: ReadonlySet<string> }>;
  readonly limits?: LimitIndex;
  /** By connector; one that is missing here is open to whoever may use the plugin. */
  readonly entitlements?: EntitlementIndex;
}
