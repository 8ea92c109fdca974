import type { ProvenPerson } from '../../../kernel/approvals.ts';
import { type Autonomy, type AutonomyAct, type AutonomyView, levelInForce, type Workflow } from '../../../kernel/autonomy.ts';
import { type AutonomyLevel, stepFrom } from '../../../kernel/autonomy-level.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import { isFresh } from '../../../kernel/sessions.ts';
import { identity } from '../grants/make.ts';
import { levelEntry, namedBy, nameOf } from './act.ts';
import { evidenceOf, nextOf } from './evidence.ts';
import { countedMarks, countedTickets } from './evidence-store.ts';
import { keyOf, levelOfRow } from './read.ts';
import { type AutonomyDatabase, autonomyStore, type CapRow } from './store.ts';

interface Parts {
  readonly database: AutonomyDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => PolicySet;
}

const workflowsMax = 20_000;
const reasonCharactersMax = 500;

/** What people may do with levels. Works without a server. */
export function openAutonomyDesk(parts: Parts): Autonomy {
  const { database, recorder, clock, policy } = parts;
  const store = autonomyStore(database);
  const views = async (wanted: readonly Workflow[], of?: Workflow): Promise<readonly AutonomyView[]> => {
    const [rows, marks, tickets] = await Promise.all([
      store.newest(workflowsMax),
      countedMarks(database, of),
      countedTickets(database, of),
    ]);
    const found = { caps: byKey(rows), marks: byKey(marks), tickets: byKey(tickets) };
    return wanted.map((workflow) => viewOf(policy(), workflow, found, clock()));
  };
  const one = async (workflow: Workflow): Promise<AutonomyView> => {
    mustBeKnown(policy(), workflow);
    return (await views([workflow], workflow))[0] as AutonomyView;
  };
  const change = async (act: AutonomyAct, view: AutonomyView, to: AutonomyLevel, action: string): Promise<AutonomyView> => {
    const { workflow } = act;
    const reason = reasonOf(act.reason);
    const person = identity(policy(), act.by.person);
    const committed = await recorder.commit({
      entries: [],
      steps: async (tx) => {
        const last = await store.of(tx, workflow);
        if (last?.since_ms !== undefined && Number(last.since_ms) !== (view.changed?.atMs ?? -1)) return { ok: false, conflict: 'changed' };
        const sinceMs = Math.max(clock(), Number(last?.since_ms ?? 0) + 1);
        const evidence = JSON.stringify(view.evidence);
        const row = { id: newId('AU'), ...bare(workflow), level: to, since_ms: sinceMs, by: person, reason, cause: null, evidence };
        await store.write(tx, row);
        const entry = levelEntry(policy(), workflow, { from: view.level, to, reason, sinceMs });
        const by = { actor: `trapkey-${act.via}`, on_behalf_of: person, assurance: { on_behalf_of: 'proved' } } as const;
        return { ok: true, entries: [{ ...entry, ...by, action }] };
      },
    });
    if (committed.status === 'committed') return await one(workflow);
    throw new UserError(`The level of ${nameOf(workflow)} changed at this moment. Nothing was changed.`, 'Look at it again.');
  };
  return {
    list: () => views(workflowsOf(policy())),
    show: one,
    async raise(act) {
      const view = await one(act.workflow);
      mayRaise(policy(), view, act.by, clock());
      const { next } = view;
      if (!next)
        throw new UserError(
          `${nameOf(view)} is at ${view.level}, and policy names no more than ${view.policy}. Nothing was changed.`,
          `Who can change the policy: ${view.owner}.`,
        );
      if (!next.met)
        throw new UserError(
          `${nameOf(view)} stays at ${view.level}: going up to ${next.level} takes ${next.needs}. Nothing was changed.`,
          `See what there is: trapkey autonomy show ${nameOf(view)}`,
        );
      return await change(act, view, next.level, 'autonomy.raised');
    },
    async lower(act) {
      const view = await one(act.workflow);
      mayLower(policy(), view, act.by);
      const to = stepFrom(view.level, -1);
      if (to === undefined) throw new UserError(`${nameOf(view)} only drafts already. Nothing was changed.`);
      return await change(act, view, to, 'autonomy.lowered');
    },
  };
}

interface Found {
  readonly caps: ReadonlyMap<string, CapRow>;
  readonly marks: ReadonlyMap<string, Awaited<ReturnType<typeof countedMarks>>[number]>;
  readonly tickets: ReadonlyMap<string, Awaited<ReturnType<typeof countedTickets>>[number]>;
}

function viewOf(policy: PolicySet, workflow: Workflow, { caps, marks, tickets }: Found, atMs: number): AutonomyView {
  const key = keyOf(workflow);
  const cap = caps.get(key);
  const { plugin, connector } = mustBeKnown(policy, workflow);
  const reader = { cap: () => cap && levelOfRow(cap) };
  const { level, rule } = levelInForce({ plugin, connector }, workflow.tool, { atMs, organization: policy.organization, autonomy: reader });
  const named = namedBy(policy, workflow);
  const none = { lots: 0, sampled: 0, wrong: 0, undone: 0, approved: 0, refused: 0 };
  const evidence = evidenceOf({ ...none, ...marks.get(key), ...tickets.get(key), sinceMs: Number(cap?.since_ms ?? 0) }, level);
  return {
    ...bare(workflow),
    owner: connector.owner,
    policy: named,
    ...{ level, rule, evidence },
    changed: cap && { atMs: Number(cap.since_ms), by: cap.by, reason: cap.reason },
    next: nextOf(level, named, evidence),
  };
}

/** Every tool that changes something, of every plugin that may use it. */
function workflowsOf({ plugins, connectors }: PolicySet): readonly Workflow[] {
  return [...plugins.values()].flatMap((plugin) =>
    plugin.connectors.flatMap((id) =>
      [...(connectors.get(id)?.tools.values() ?? [])]
        .filter(({ name, effect }) => name !== '*' && effect !== 'read' && effect !== 'draft')
        .map(({ name }) => ({ plugin: plugin.id, connector: id, tool: name })),
    ),
  );
}

function mustBeKnown({ plugins, connectors }: PolicySet, workflow: Workflow) {
  const plugin = plugins.get(workflow.plugin);
  const connector = connectors.get(workflow.connector);
  const tools = connector?.tools;
  if (plugin?.connectors.includes(workflow.connector) && connector && (tools?.has(workflow.tool) || tools?.has('*')))
    return { plugin, connector };
  throw new UserError(
    `There is no workflow ${nameOf(workflow).slice(0, 200)}. Nothing was changed.`,
    'See them with `trapkey autonomy list`.',
  );
}

/** Up is loosening: the connector's owner or an administrator, with a credential that was shown just now. */
function mayRaise(policy: PolicySet, { owner, ...workflow }: AutonomyView, by: ProvenPerson, atMs: number): void {
  const agentsOwner = policy.plugins.get(workflow.plugin)?.owner ?? '';
  const own = identity(policy, by.person) === identity(policy, owner);
  if (!own && !by.roles.includes('administrator'))
    throw new UserError(`${by.person} cannot raise ${nameOf(workflow)}. Nothing was changed.`, `Who can: ${owner}, or an administrator.`);
  if (identity(policy, by.person) === identity(policy, agentsOwner) && !policy.organization.solo)
    throw new UserError(
      `${by.person} owns ${workflow.plugin} and cannot let it do more. Nothing was changed.`,
      `Who can: ${owner}, or an administrator.`,
    );
  if (!isFresh(by, atMs))
    throw new UserError(
      'Letting a workflow do more needs a credential that was shown just now. Nothing was changed.',
      'Show your code or passkey again.',
    );
}

function mayLower(policy: PolicySet, { owner, ...workflow }: AutonomyView, by: ProvenPerson): void {
  const person = identity(policy, by.person);
  const owners = [owner, policy.plugins.get(workflow.plugin)?.owner ?? ''].map((one) => identity(policy, one));
  if (owners.includes(person) || by.roles.some((role) => role === 'administrator' || role === 'operator')) return;
  throw new UserError(
    `${by.person} cannot lower ${nameOf(workflow)}. Nothing was changed.`,
    `Who can: ${owner}, the owner of ${workflow.plugin}, an operator or an administrator.`,
  );
}

function bare({ plugin, connector, tool }: Workflow): Workflow {
  return { plugin, connector, tool };
}

function byKey<T extends Workflow>(rows: readonly T[]): ReadonlyMap<string, T> {
  return new Map(rows.map((row) => [keyOf(row), row]));
}

function reasonOf(reason: string): string {
  const words = reason
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, reasonCharactersMax);
  if (words === '') throw new UserError('A reason is needed. Nothing was changed.', 'Add `--reason "…"`.');
  return words;
}
