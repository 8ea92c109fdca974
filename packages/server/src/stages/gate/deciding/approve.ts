import type { Approval, Approvals, ProvenPerson } from '../../../kernel/approvals.ts';
import { UserError } from '../../../kernel/errors.ts';
import { approvalsOf, approvalText, storedApprovals } from '../approved-by.ts';
import type { TicketChange, TicketRow } from '../store.ts';
import { authorise, freshEnough, notYetCounted, stillAsSeen } from './authorise.ts';
import { actedBy, commitChange, type Deciding, wordsOf } from './commit.ts';
import { type DecidingPolicy, identity, isAmong, knownAs } from './people.ts';
import { type Quorum, quorumOf } from './quorum.ts';

/** A break-glass approval that nobody used by then is over. */
const glassLastsMs = 15 * 60_000;

/** Counts one person's approval; the last that is needed approves the ticket. */
export function approver(parts: Deciding): Approvals['approve'] {
  return async ({ ticket, by, via, runs, seen }) => {
    const author = await parts.author();
    let says = '';
    const done = await commitChange(parts, ticket, (row, atMs) => {
      const policy = parts.policy();
      const seat = authorise(policy, row, by, atMs);
      freshEnough(row, by, atMs);
      stillAsSeen(row, { seen });
      notYetCounted(policy, row, seat);
      const mine = { ...seat, atMs };
      const approvals = [...approvalsOf(row), mine];
      const quorum = quorumOf(policy, row, approvals, author);
      says = quorum.says;
      return {
        letsRun: true,
        change: { ...approvedBy(approvals, quorum, atMs), ...(runs && { run_when: runs }) },
        kind: 'approved',
        entry: {
          ...actedBy(by, via),
          approval: approvalText([mine]) ?? null,
          detail: `${quorum.says}${seat.inPlaceOf === undefined ? '' : '; as a delegate'}`,
        },
        tells: 'approved',
        more: { by: seat.person, text: quorum.says },
      };
    });
    return done.state === 'held' ? { ...done, waitsFor: says } : done;
  };
}

/** What approvals change on the ticket: it is approved when they suffice. */
export function approvedBy(approvals: readonly Approval[], { complete }: Quorum, atMs: number): TicketChange {
  return { decisions: storedApprovals(approvals), ...(complete && { state: 'approved', decided_at_ms: atMs }) };
}

/** Lets it run alone, in an emergency; whoever was asked hears of it. */
export function glassBreaker(parts: Deciding & { readonly alarm: (says: string) => void }): Approvals['breakGlass'] {
  return async ({ ticket, by, via, reason, seen }) => {
    const words = wordsOf(reason);
    if (words === '')
      throw new UserError('Breaking the glass needs a reason: it is reviewed after. Nothing was changed.', 'Say why it cannot wait.');
    const done = await commitChange(parts, ticket, (row, atMs) => {
      const policy = parts.policy();
      const person = mayBreakGlass(policy, row, by, atMs);
      freshEnough({ ...row, tier: 'high' }, by, atMs);
      stillAsSeen(row, { seen });
      const mine: Approval = { person, atMs, kind: 'break-glass', reason: words };
      const untilMs = Math.min(row.expires_at_ms, atMs + glassLastsMs);
      return {
        letsRun: true,
        change: {
          decisions: storedApprovals([...approvalsOf(row).filter((one) => identity(policy, one.person) !== person), mine]),
          state: 'approved',
          decided_at_ms: atMs,
          expires_at_ms: untilMs,
        },
        kind: 'approved',
        entry: { ...actedBy(by, via), approval: `break-glass:${person}`, reason: words, detail: 'break-glass: alone, and to be reviewed' },
        tells: 'break_glass',
        more: { by: person, text: words },
      };
    });
    parts.alarm(`${by.person} broke the glass for ticket ${ticket}: ${words} (${done.sentence})`);
    return done;
  };
}

/** Throws, in words, unless this person may let this ticket run alone; whether they showed a credential is not looked at. */
export function mayBreakGlass(now: DecidingPolicy, row: TicketRow, by: ProvenPerson, atMs: number): string {
  const person = knownAs(now, by);
  const allowed = now.organization.breakGlass ?? [];
  if (row.state !== 'held' || row.expires_at_ms <= atMs) authorise(now, row, by, atMs);
  if (!isAmong(now, allowed, person, row.person)) {
    const who = allowed.length === 0 ? 'nobody may' : `only ${allowed.join(', ')} may`;
    throw new UserError(
      `${person.id} may not break the glass; ${who} (break_glass of the organization). Nothing was changed.`,
      `Who can change that: ${now.organization.owner}.`,
    );
  }
  if (person.id === identity(now, row.person) && !now.organization.solo)
    throw new UserError(
      `${person.id} asked for this call and cannot let it run, in no emergency. Nothing was changed.`,
      `Another of ${allowed.join(', ')} can.`,
    );
  return person.id;
}
