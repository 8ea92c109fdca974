import type { BatchChange, BatchStatement, BatchSummary } from '@trapkey/contract/api/batches.ts';
import { type BatchState, batchStates } from '../../../../kernel/batches.ts';
import type { PolicySet } from '../../../../kernel/rules.ts';
import type { DecidingPolicy } from '../../deciding/people.ts';
import type { Frozen } from '../../frozen-by.ts';
import { type Statement, statement } from '../../sampling/statement.ts';
import { listOf } from '../../view.ts';
import { askedOf } from '../proposal/asked.ts';
import { recipientsOf } from '../proposal/destinations.ts';
import { listsOf } from '../proposal/listed.ts';
import type { Opened } from '../proposal/opened.ts';
import { asItWas, diffOf, rulesFor, scopeOf } from '../proposal/projection.ts';
import { storedLists } from '../proposal/propose.ts';
import type { BatchRow, ChangeRow } from '../proposal/store.ts';
import { changeStateOf, nameOf, tierOf, toolsOf } from '../proposal/tools.ts';
import { approvalsOf } from './quorum.ts';

/** The row as lists show it; who is asked is the running policy's to say, as long as anything is to be decided. */
export function summaryOf(policy: DecidingPolicy, row: BatchRow, frozen: Frozen | undefined): BatchSummary {
  const asked =
    row.tools === null
      ? { names: listOf(row.approvers), needs: row.needs, distinct: listOf(row.groups), rule: row.rule }
      : askedOf(policy, row);
  const { step, target, done, failed, conflicts, refused, unknown } = row;
  return {
    id: row.id,
    state: row.state as BatchState,
    says: batchStates[row.state as BatchState],
    person: row.person,
    release: `${row.plugin}@${row.version}`,
    run: row.run,
    tools: toolsOf(row).map((tool) => ({ tool: nameOf(tool), effect: tool.effect, count: tool.count })),
    changes: row.changes,
    reach: Number(row.reach),
    lasting: Number(row.lasting) !== 0,
    tier: tierOf(row),
    created_at_ms: row.created_at_ms,
    submitted_at_ms: row.submitted_at_ms,
    decided_at_ms: row.decided_at_ms,
    ended_at_ms: row.ended_at_ms,
    attempt: row.attempt,
    replaces: row.replaces,
    inspection: row.inspection,
    sample: row.submitted_at_ms === null ? 0 : row.sample,
    marked: row.marked ?? 0,
    wrong: row.wrong ?? 0,
    ...{ asked: asked.names, needs: asked.needs, distinct: asked.distinct, rule: asked.rule },
    approvals: approvalsOf(row).map(({ person, atMs, kind, inPlaceOf }) => ({
      ...{ person, at_ms: atMs, in_place_of: inPlaceOf ?? null },
      kind: kind === 'self' ? 'self' : 'human',
    })),
    reason: row.reason,
    paused_for: row.paused_for,
    applied_by: row.applied_by,
    progress: { step, target, done, failed, conflicts, refused, unknown },
    frozen: frozen ?? null,
  };
}

/** How many changes the sample stands for: those that were closed over. */
export function sizeOf(row: BatchRow): number {
  return toolsOf(row).reduce((sum, { count }) => sum + count, 0);
}

/** A statement as API and page show it. */
export function statementOf(sample: { readonly size: number; readonly sampled: number; readonly wrong: number }): BatchStatement {
  const { ruledOut, ruledOutShare, ...said }: Statement = statement(sample);
  return { ...said, ruled_out: ruledOut ?? null, ruled_out_share: ruledOutShare ?? null };
}

/** What a sample of this size would say were each of it right; said so that nobody takes it for what was found. */
export function cleanOf(sample: { readonly size: number; readonly sampled: number }): BatchStatement {
  const said = statementOf({ ...sample, wrong: 0 });
  const says = said.says
    .replace(' and looked at: none is wrong. At', '. If each of them is right, at')
    .replace(/ (were|was) looked at: none is wrong\.$/, ' $1 drawn. If each is right, nothing is left to doubt.');
  return { ...said, says };
}

/** One change with what it would alter, as far as its payload can be opened. */
export function changeOf(
  policy: Partial<Pick<PolicySet, 'connectors' | 'lists'>>,
  row: BatchRow,
  change: ChangeRow,
  { args, before }: Opened,
): BatchChange {
  const rules = rulesFor(policy, change);
  const scope = args && scopeOf(row, change, args, before);
  const diff = args && scope && diffOf(args, asItWas(rules, scope));
  const found = args && scope ? listsOf(args, recipientsOf(rules, scope), policy.lists) : [];
  return {
    n: change.n,
    state: changeStateOf(row, change.state),
    connector: change.connector,
    tool: change.tool,
    effect: change.effect,
    reach: change.reach,
    destination: change.destination,
    lists: [...new Set([...storedLists(change.lists), ...found])],
    drawn: change.drawn,
    shown_because: change.extra,
    mark: change.mark as BatchChange['mark'],
    marked_by: change.marked_by,
    marked_at_ms: change.marked_at_ms,
    note: change.note,
    code: change.code,
    diff: (diff?.fields as BatchChange['diff']) ?? null,
    ...(diff && { record: diff.record as BatchChange['record'] }),
    ...(args && { args: args as BatchChange['args'] }),
  };
}
