import type { BatchDesk } from '../../../../kernel/batch-desk.ts';
import { UserError } from '../../../../kernel/errors.ts';
import { wordsOf } from '../../deciding/commit.ts';
import type { BatchRow } from '../proposal/store.ts';
import { authorise, mustBe, type Seat } from './authorise.ts';
import { type Auditing, actedBy, type Became, commitBatch, noSuchBatch } from './commit.ts';
import { tellAudited } from './lots.ts';
import { approvalsOf, type Deciders, quorum, storedOf } from './quorum.ts';
import { changeOf, type Marks, markChange, markersIn, marksIn } from './store.ts';

type Marking = Parameters<BatchDesk['mark']>[0];

/** Marks one change, once. One wrong returns the whole batch; the last right one makes it ready, or leaves it to be approved. */
export function marker(parts: Auditing): (act: Marking) => Promise<BatchRow> {
  return async (act) => {
    const note = wordsOf(act.note);
    if (act.mark === 'wrong' && note === '')
      throw new UserError('Say what is wrong with it: the agent and the owner read it. Nothing was changed.', 'Add a note.');
    await mustBeMarkable(parts, act);
    let seat: Seat | undefined;
    const author = await parts.author();
    return await commitBatch(
      parts,
      act.batch,
      (row, atMs) => {
        seat = authorise(parts.policy(), row, act.by, atMs);
        mustBe(row, ['proposed', 'returned'], 'marked');
      },
      async (tx, row, atMs) => {
        const by = (seat as Seat).person;
        const marked = await markChange(tx, row.id, { n: act.n, mark: act.mark, note: note === '' ? null : note, by, atMs });
        if (!marked) return `Change ${act.n} of batch ${row.id} was marked by somebody else a moment ago. Nothing was changed.`;
        const marks = await marksIn(tx, row.id);
        const deciders = { approvals: approvalsOf(row), markers: await markersIn(tx, row.id), author };
        const became = becomes(parts, row, { act, note, marks, atMs, by, deciders, drawn: marked.drawn !== null });
        return { ...became, follows: act.mark === 'wrong' || marks.drawn >= row.sample ? await tellAudited(parts, tx, row, atMs) : [] };
      },
    );
  };
}

interface Step {
  readonly act: Marking;
  readonly note: string;
  readonly marks: Marks;
  readonly atMs: number;
  readonly by: string;
  readonly deciders: Deciders;
  readonly drawn: boolean;
}

function becomes(parts: Auditing, row: BatchRow, { act, note, marks, atMs, by, deciders, drawn }: Step): Became {
  const counts = { marked: marks.drawn, wrong: marks.wrong };
  const what = `change ${act.n}, ${drawn ? 'drawn' : 'shown beside the sample'}: ${act.mark}; ${marks.drawn} of ${row.sample} marked, ${marks.wrong} wrong`;
  const entry = { ...actedBy({ person: by }, act.via), detail: what };
  if (row.state === 'returned') return { change: counts, action: 'batch.marked', entry };
  if (act.mark === 'wrong')
    return {
      change: { ...counts, state: 'returned', decided_at_ms: atMs, approvals: storedOf([]) },
      action: 'batch.returned',
      entry,
      tells: 'returned',
      more: { by, quote: note, fact: `Change ${act.n} was marked wrong` },
    };
  const clean = marks.drawn >= row.sample && marks.owed === 0;
  if (!clean) return { change: counts, action: 'batch.marked', entry };
  const { complete, missing } = quorum(parts.policy(), row, deciders);
  if (!complete) return { change: counts, action: 'batch.marked', entry: { ...entry, detail: `${what}; it still waits: ${missing}` } };
  return {
    change: { ...counts, state: 'ready', decided_at_ms: atMs },
    action: 'batch.ready',
    entry,
    tells: 'ready',
  };
}

/** Says what is wrong with the asking before anything is tried: no such change, or one that has its mark. */
async function mustBeMarkable({ database }: Auditing, { batch, n }: Marking): Promise<void> {
  const change = await changeOf(database, batch, n);
  if (!change) {
    if (!/^B-[0-9A-Z]{10}$/.test(batch)) throw noSuchBatch(batch);
    throw new UserError(`Batch ${batch} has no change ${n}. Nothing was changed.`, `See its sample: \`trapkey batch sample ${batch}\`.`);
  }
  if (change.state === 'applied_before')
    throw new UserError(`Change ${n} ran before the batch began; it is shown and not decided. Nothing was changed.`);
  if (change.mark !== null)
    throw new UserError(`Change ${n} was marked ${change.mark} by ${change.marked_by} already; a mark stands. Nothing was changed.`);
}
