import type { Approval, Decision, ProvenPerson } from '../../../kernel/approvals.ts';
import { rfc3339 } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import { freshForMs, isFresh } from '../../../kernel/sessions.ts';
import { approvalsOf } from '../approved-by.ts';
import type { TicketRow } from '../store.ts';
import { askedOf, groupsOf, listOf, stateAt } from '../view.ts';
import { askedText, type DecidingPolicy, identity, isAmong, knownAs, standsInFor } from './people.ts';

/** Somebody as their decision counts. */
export type Seat = Pick<Approval, 'person' | 'kind' | 'inPlaceOf' | 'groups'>;

/** Everybody whom the ticket asks by now. */
function askedNow(row: TicketRow): readonly string[] {
  return [...askedOf(row), ...(row.escalated_to === null ? [] : listOf(row.escalated_to))];
}

/** Throws, in words, unless this person may decide this ticket now; gives how their decision counts. */
export function authorise(policy: DecidingPolicy, row: TicketRow, by: ProvenPerson, atMs: number): Seat {
  stillOpen(row, atMs);
  const person = knownAs(policy, by);
  if (!by.roles.includes('approver')) {
    throw new UserError(`${person.id} is not enrolled as an approver. Nothing was changed.`, 'An administrator can enroll approvers.');
  }
  const asked = askedNow(row);
  const inPlaceOf = isAmong(policy, asked, person, row.person) ? undefined : standsInFor(policy, row, asked, person, atMs);
  if (inPlaceOf === undefined && !isAmong(policy, asked, person, row.person)) {
    throw new UserError(
      `Ticket ${row.id} asks ${askedText(asked)}; ${person.id} is not among them. Nothing was changed.`,
      `Who can change that: ${policy.organization.owner} (rule ${row.rule}).`,
    );
  }
  const own = person.id === identity(policy, row.person);
  if (own && !policy.organization.solo) {
    throw new UserError(
      `${person.id} asked for this call and cannot decide it. Nothing was changed.`,
      `Ask another of ${askedText(asked)}.`,
    );
  }
  const groups = groupsOf(row).filter((group) => person.groups.includes(group.slice('group:'.length)));
  return { person: person.id, kind: own ? 'self' : 'human', ...(inPlaceOf !== undefined && { inPlaceOf }), groups };
}

/** Throws when a decision that lets something of the high tier run is made on an old proof. */
export function freshEnough(row: TicketRow, by: ProvenPerson, atMs: number): void {
  if (row.tier !== 'high' || isFresh(by, atMs)) return;
  throw new UserError(
    `Ticket ${row.id} is of the high tier: to let it run, ${by.person} must have shown a credential within the last ${freshForMs / 60_000} minutes. Nothing was changed.`,
    'Show it again, then decide.',
  );
}

/** Throws when the person's approval is counted already, in their own place or another's. */
export function notYetCounted(policy: DecidingPolicy, row: TicketRow, seat: Seat): void {
  const given = approvalsOf(row);
  const taken = new Set(given.flatMap(({ person, inPlaceOf }) => [person, inPlaceOf ?? person]).map((name) => identity(policy, name)));
  const mine = [seat.person, seat.inPlaceOf ?? seat.person];
  const double = mine.find((name) => taken.has(name));
  if (double === undefined) return;
  const left = Math.max(0, row.needs - given.length);
  const who = double === seat.person ? seat.person : `${seat.person}, in the place of ${double},`;
  throw new UserError(`${who} approved ticket ${row.id} already; each person counts once. ${left} more needed.`, 'Ask another approver.');
}

/** Throws unless it still waits for a person. */
export function stillOpen(row: TicketRow, atMs: number, states: readonly string[] = ['held']): void {
  const state = stateAt(row, atMs);
  if (states.includes(state)) return;
  const when = state === 'expired' ? ` at ${rfc3339(row.expires_at_ms)}` : '';
  throw new UserError(
    `Ticket ${row.id} is ${state}${when} and cannot be decided again. Nothing was changed.`,
    'When the agent makes the call again, policy decides whether a new ticket is opened.',
  );
}

/** Throws where somebody changed what would run since whoever decides looked at it: they would let something run that they never saw. */
export function stillAsSeen({ id, arguments: carries }: TicketRow, { seen }: Pick<Decision, 'seen'>): void {
  if (seen === undefined || seen === carries) return;
  throw new UserError(
    `Somebody changed what ticket ${id} would send since you looked at it. Nothing was approved.`,
    'Look at it again, then decide.',
  );
}
