import type { ProvenPerson } from './approvals.ts';
import { type AutonomyLevel, lessOf } from './autonomy-level.ts';
import type { StepResult, Tx } from './recorder.ts';
import type { ConnectorRules, OrganizationRules, PluginRules } from './rules.ts';

/** A workflow: what one plugin does with one tool, in whichever release. */
export interface Workflow {
  readonly plugin: string;
  readonly connector: string;
  readonly tool: string;
}

/** A level and what says so: `autonomy/<connector.tool>`, `autonomy/start`, or `autonomy/demoted` where it is capped. */
export interface Level {
  readonly level: AutonomyLevel;
  readonly rule: string;
}

/** The caps on record, as this process knows them; narrow, and replaceable for a replay. */
export interface AutonomyReader {
  /** The most that a workflow may have, whatever policy names; undefined where nothing was ever lowered. */
  cap(workflow: Workflow, atMs: number): AutonomyLevel | undefined;
}

/** Looks again, in the transaction of `decided`, at the level that lets a call run by itself. */
export interface AutonomyGuard {
  /** A conflict where it was lowered or raised since this process read it; it has read it then, and the call is decided again. */
  stillHolds(tx: Tx, workflow: Workflow): Promise<StepResult>;
}

/** What a draw of one workflow's changes in a batch showed, once it is marked or one was wrong. */
export interface AuditedLot {
  readonly workflow: Workflow;
  readonly batch: string;
  /** Changes of the workflow in the batch. */
  readonly size: number;
  /** Of those drawn by lot and marked; what is shown beside the draw is not counted. */
  readonly sampled: number;
  /** Marked wrong, those shown beside the draw too. */
  readonly wrong: number;
  readonly attempt: number;
  readonly atMs: number;
  /** Its agent took it back after the draw, which counts as one found wrong. */
  readonly takenBack?: boolean;
}

/** Something that a workflow did was taken back. */
export interface UndoneWork {
  readonly workflow: Workflow;
  /** The undo: however many calls it makes, it lowers once. */
  readonly undo: string;
  /** The batch whose change it was, where it was one. */
  readonly batch: string | undefined;
  readonly changes: number;
  readonly atMs: number;
}

/** Keeps the evidence and lowers by itself; inside the record's transaction, so that both happen or neither. */
export interface AutonomyDoor {
  lotAudited(tx: Tx, lot: AuditedLot): Promise<StepResult>;
  undone(tx: Tx, undone: UndoneWork): Promise<StepResult>;
}

/** What was seen of a workflow since its level last changed. */
export interface Evidence {
  readonly sinceMs: number;
  /** Changes that a person looked at, and how many of them were right. */
  readonly looked: number;
  readonly right: number;
  readonly lots: number;
  readonly undone: number;
  readonly cleanRate: number | null;
  /** One-sided lower bound of Clopper and Pearson. */
  readonly cleanRateAtLeast: number;
  readonly confidence: number;
}

/** A workflow as people see it. */
export interface AutonomyView extends Workflow {
  readonly owner: string;
  /** As policy names it, and as it is in force. */
  readonly policy: AutonomyLevel;
  readonly level: AutonomyLevel;
  readonly rule: string;
  /** The last change of the cap. */
  readonly changed: { readonly atMs: number; readonly by: string; readonly reason: string } | undefined;
  readonly evidence: Evidence;
  /** The level above, and what it takes; undefined where policy names no more. */
  readonly next: { readonly level: AutonomyLevel; readonly met: boolean; readonly needs: string } | undefined;
}

/** One act on a workflow. */
export interface AutonomyAct {
  readonly workflow: Workflow;
  readonly by: ProvenPerson;
  readonly via: string;
  readonly reason: string;
}

/** What people may do with levels. Mistakes are `UserError`s; every change is an entry. */
export interface Autonomy {
  list(): Promise<readonly AutonomyView[]>;
  show(workflow: Workflow): Promise<AutonomyView>;
  /** One step up, never over what policy names, on evidence. */
  raise(act: AutonomyAct): Promise<AutonomyView>;
  /** One step down; it stays until a person raises it. */
  lower(act: AutonomyAct): Promise<AutonomyView>;
}

/** What policy names, before anything that is on record. */
export function levelOfPolicy(
  { plugin, connector, tool }: { readonly plugin: PluginRules; readonly connector: ConnectorRules; readonly tool: string },
  organization: Pick<OrganizationRules, 'autonomyStart'>,
): Level {
  const named = `${connector.id}.${tool}`;
  const own = plugin.autonomy.get(named);
  if (own !== undefined) return { level: own, rule: `autonomy/${named}` };
  return { level: connector.systemOfRecord ? organization.autonomyStart : 'approve', rule: 'autonomy/start' };
}

/** The level in force: what policy names, capped by what is on record. */
export function levelInForce(
  { plugin, connector }: { readonly plugin: PluginRules; readonly connector: ConnectorRules },
  tool: string,
  moment: { readonly atMs: number; readonly organization: OrganizationRules; readonly autonomy?: AutonomyReader | undefined },
): Level {
  const named = levelOfPolicy({ plugin, connector, tool }, moment.organization);
  const cap = moment.autonomy?.cap({ plugin: plugin.id, connector: connector.id, tool }, moment.atMs);
  if (cap === undefined || lessOf(named.level, cap) === named.level) return named;
  return { level: cap, rule: `autonomy/demoted/${connector.id}.${tool}` };
}
