import type { BatchAct, BatchApproving } from '../../../../kernel/batch-desk.ts';
import type { BatchState } from '../../../../kernel/batches.ts';
import { UserError } from '../../../../kernel/errors.ts';
import { wordsOf } from '../../deciding/commit.ts';
import { type DecidingPolicy, identity } from '../../deciding/people.ts';
import { askedOf } from '../proposal/asked.ts';
import type { BatchRow } from '../proposal/store.ts';
import { takenBack, wasTakenBack } from '../proposal/taken-back.ts';
import { authorise, freshEnough, mustBe, type Seat } from './authorise.ts';
import { type Auditing, actedBy, commitBatch } from './commit.ts';
import { approvalsOf, type Deciders, isCounted, missingNow, quorum, storedOf } from './quorum.ts';
import { markersIn, marksIn } from './store.ts';

/** Let go on already; it takes approvals all the same where the policy of now asks for more of them. */
const goingOn: ReadonlySet<string> = new Set<BatchState>(['ready', 'paused']);

/** What freezes a batch; throws in words. */
export type MustBeThawed = (row: BatchRow, atMs: number) => void;

/**
 * Counts one person's approval of the whole. Beside the sample where size or effects ask for it; in its place where the batch
 * was returned and a person wants it all the same, which takes a reason and a credential just shown.
 */
export function approver(parts: Auditing & { readonly mustBeThawed: MustBeThawed }): (act: BatchApproving) => Promise<BatchRow> {
  return async (act) => {
    const [author, reason] = [await parts.author(), wordsOf(act.reason)];
    let seat: Seat | undefined;
    return await commitBatch(
      parts,
      act.batch,
      (row, atMs) => {
        seat = mayApprove(parts, row, { act, reason, atMs });
      },
      async (tx, row, atMs) => {
        const [returned, later] = [row.state === 'returned', goingOn.has(row.state)];
        if (later && missingNow(parts.policy(), row, author) === undefined) return enough(row);
        const approvals = [...approvalsOf(row), { ...(seat as Seat), atMs }];
        const marks = await marksIn(tx, row.id);
        const clean = marks.drawn >= row.sample && marks.owed === 0 && marks.wrong === 0;
        const deciders = { approvals: approvalsOf(row), markers: await markersIn(tx, row.id), author };
        const needless = returned || later ? undefined : addsNothing(parts.policy(), row, deciders, { seat: seat as Seat, clean });
        if (needless !== undefined) return needless;
        const { complete, says } = quorum(parts.policy(), row, { ...deciders, approvals }, returned || marks.wrong > 0 ? 1 : 0);
        const ready = !later && complete && (returned || clean);
        const how = returned ? `all the same, with ${marks.wrong} wrong` : 'the whole of it';
        return {
          change: {
            approvals: storedOf(approvals),
            ...(returned && { reason }),
            ...(ready && { state: 'ready', decided_at_ms: atMs }),
          },
          action: 'batch.approved',
          entry: {
            ...actedBy(act.by, act.via),
            detail: `${how}; ${complete ? `${approvals.length} approved` : says}${complete && !ready && !later ? '; its sample is not marked to its end' : ''}`,
            ...(reason !== '' && { reason }),
          },
          tells: ready ? 'ready' : undefined,
          ...(returned && { more: { by: (seat as Seat).person, quote: reason, fact: `Approved all the same, with ${marks.wrong} wrong` } }),
        };
      },
    );
  };
}

function mayApprove(
  parts: Auditing & { readonly mustBeThawed: MustBeThawed },
  row: BatchRow,
  { act, reason, atMs }: { readonly act: BatchApproving; readonly reason: string; readonly atMs: number },
): Seat {
  const policy = parts.policy();
  const seat = authorise(policy, row, act.by, atMs);
  if (act.seen && (act.seen.state !== row.state || act.seen.wrong !== (row.wrong ?? 0)))
    throw new UserError(
      `Batch ${row.id} is not as you saw it: somebody marked or decided it meanwhile. Nothing was changed.`,
      'Look at it again, then decide.',
    );
  mustBe(row, ['proposed', 'returned', ...goingOn], 'approved');
  if (wasTakenBack(row))
    throw new UserError(`Batch ${row.id} was ${takenBack}, so it can only be refused. Nothing was changed.`, 'Its agent can make another.');
  if (row.state === 'returned' && reason === '')
    throw new UserError('Approving what was returned needs a reason. Nothing was changed.', 'Say why it may happen all the same.');
  freshEnough(row, act.by, atMs);
  if (isCounted(policy, row, seat))
    throw new UserError(`${seat.person} approved batch ${row.id} already; each person counts once.`, 'Ask another approver.');
  parts.mustBeThawed(row, atMs);
  return seat;
}

function enough({ id, state }: BatchRow): string {
  return `Batch ${id} is ${state} and has the approvals that it needs. Nothing was changed.`;
}

/** Where the sample decides: why one more name changes nothing. Undefined where somebody besides who marked it is missing. */
function addsNothing(
  policy: DecidingPolicy,
  row: BatchRow,
  deciders: Deciders,
  { seat, clean }: { readonly seat: Seat; readonly clean: boolean },
): string | undefined {
  if (askedOf(policy, row).needs > 0) return undefined;
  if (!clean || quorum(policy, row, deciders).complete)
    return `Batch ${row.id} needs no approval as a whole: its sample decides. Nothing was changed. Mark its sample: \`trapkey batch sample ${row.id}\`.`;
  return deciders.markers.some((name) => identity(policy, name) === seat.person)
    ? `${seat.person} marked the sample of batch ${row.id}; each person counts once. Nothing was changed. Ask another approver.`
    : undefined;
}

/** One refusal ends a batch that is not being made yet; nothing of it happens. */
export function refuser(parts: Auditing): (act: BatchAct & { readonly reason: string }) => Promise<BatchRow> {
  return async (act) => {
    const reason = wordsOf(act.reason);
    if (reason === '') throw new UserError('A reason is needed: the agent and its person are told it. Nothing was changed.', 'Say why.');
    return await commitBatch(
      parts,
      act.batch,
      (row, atMs) => {
        authorise(parts.policy(), row, act.by, atMs);
        mustBe(row, ['proposed', 'returned', 'ready'], 'refused');
      },
      async (_, row, atMs) => ({
        change: {
          state: 'refused',
          reason: wasTakenBack(row) ? `${takenBack}; refused: ${reason}` : reason,
          decided_at_ms: atMs,
          ended_at_ms: atMs,
        },
        action: 'batch.refused',
        entry: { ...actedBy(act.by, act.via), reason },
        tells: 'refused',
        more: { by: act.by.person, quote: reason },
      }),
    );
  };
}
