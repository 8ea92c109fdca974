import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type AutonomyDoor, levelOfPolicy, type Workflow } from '../../../kernel/autonomy.ts';
import { type AutonomyLevel, lessOf, stepFrom } from '../../../kernel/autonomy-level.ts';
import { type Clock, rfc3339 } from '../../../kernel/clock.ts';
import { newId } from '../../../kernel/ids.ts';
import type { StepResult, Tx } from '../../../kernel/recorder.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import { levelOfRow } from './read.ts';
import { type AutonomyDatabase, autonomyStore } from './store.ts';

interface Parts {
  readonly database: AutonomyDatabase;
  readonly clock: Clock;
  readonly policy: () => PolicySet;
}

interface Lowering {
  readonly workflow: Workflow;
  readonly cause: string;
  readonly reason: string;
  readonly evidence: object;
  readonly atMs: number;
}

/**
 * Keeps what audits and undos say, and lowers by one step in the same transaction: once for each batch and each undo,
 * never below `approve`, where a person decides each call anyway, and never up.
 */
export function openAutonomyDoor({ database, clock, policy }: Parts): AutonomyDoor {
  const store = autonomyStore(database);
  const lower = async (tx: Tx, { workflow, cause, reason, evidence, atMs }: Lowering): Promise<StepResult> => {
    if (await store.lowered(tx, workflow, cause)) return { ok: true, quiet: true };
    const last = await store.of(tx, workflow);
    const named = namedBy(policy(), workflow);
    const from = last ? lessOf(levelOfRow(last), named) : named;
    const to = from === 'sample' || from === 'unattended' ? stepFrom(from, -1) : undefined;
    if (to === undefined) return { ok: true, quiet: true };
    // Later than all before it, whatever a clock says: the newest holds.
    const sinceMs = Math.max(clock(), atMs, Number(last?.since_ms ?? 0) + 1);
    const row = {
      id: newId('AU'),
      ...workflow,
      level: to,
      since_ms: sinceMs,
      by: 'trapkey',
      reason,
      cause,
      evidence: JSON.stringify(evidence),
    };
    await store.write(tx, row);
    return { ok: true, entries: [demoted(policy(), workflow, { from, to, reason, sinceMs })] };
  };
  return {
    async lotAudited(tx, { workflow, batch, size, sampled, wrong, attempt, atMs, takenBack }) {
      const cause = `batch:${batch}`;
      const lot = { batch, size, sampled, wrong, attempt, at_ms: atMs };
      await store.mark(tx, { id: newId('WM'), ...workflow, cause, ...lot, undone: 0 });
      if (wrong === 0) return { ok: true, quiet: true };
      const reason = takenBack
        ? `batch ${batch} was taken back by its agent after its sample was drawn`
        : `${wrong} of the changes of batch ${batch} that a person looked at ${wrong === 1 ? 'was' : 'were'} wrong`;
      return await lower(tx, { workflow, cause, reason, evidence: lot, atMs });
    },
    async undone(tx, { workflow, undo, batch, changes, atMs }) {
      const cause = `undo:${undo}`;
      // One undo tells of its changes one after the other: of an audited batch they count there, else in a row of its own.
      const counted =
        (batch !== undefined && (await store.markUndone(tx, workflow, `batch:${batch}`, changes))) ||
        (await store.markUndone(tx, workflow, cause, changes));
      if (!counted) {
        const lot = { batch: batch ?? null, at_ms: atMs, attempt: 1, size: changes, sampled: 0, wrong: 0 };
        await store.mark(tx, { id: newId('WM'), ...workflow, cause, ...lot, undone: changes });
      }
      const reason = `what it did was undone (${undo}${batch === undefined ? '' : `, of batch ${batch}`})`;
      return await lower(tx, { workflow, cause, reason, evidence: { undo, batch, changes, at_ms: atMs }, atMs });
    },
  };
}

/** What policy names; nothing where it knows the workflow no more. */
export function namedBy({ plugins, connectors, organization }: PolicySet, workflow: Workflow): AutonomyLevel {
  const plugin = plugins.get(workflow.plugin);
  const connector = connectors.get(workflow.connector);
  return plugin && connector ? levelOfPolicy({ plugin, connector, tool: workflow.tool }, organization).level : 'draft';
}

interface Step {
  readonly from: AutonomyLevel;
  readonly to: AutonomyLevel;
  readonly reason: string;
  readonly sinceMs: number;
}

/** How an entry names a workflow, as the commands take it. */
export function nameOf({ plugin, connector, tool }: Workflow): string {
  return `${plugin} ${connector}.${tool}`;
}

/** What every entry of a change of level says. */
export function levelEntry(policy: PolicySet, workflow: Workflow, { from, to, reason, sinceMs }: Step): EntryFields {
  const { version } = policy.plugins.get(workflow.plugin) ?? {};
  return {
    timestamp: rfc3339(sinceMs),
    kind: 'admin',
    subject: nameOf(workflow),
    connector: workflow.connector,
    tool: workflow.tool,
    detail: `${from} → ${to}`,
    reason,
    policy: policy.digest,
    ...(version !== undefined && { plugin: `${workflow.plugin}@${version}` }),
  };
}

function demoted(policy: PolicySet, workflow: Workflow, step: Step): EntryFields {
  return { ...levelEntry(policy, workflow, step), action: 'autonomy.demoted', actor: 'trapkey' };
}
