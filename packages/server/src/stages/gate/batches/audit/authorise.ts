import type { Approval, ProvenPerson } from '../../../../kernel/approvals.ts';
import { UserError } from '../../../../kernel/errors.ts';
import { freshForMs, isFresh } from '../../../../kernel/sessions.ts';
import { askedText, type DecidingPolicy, identity, isAmong, knownAs, standsInFor } from '../../deciding/people.ts';
import { askedOf } from '../proposal/asked.ts';
import type { BatchRow } from '../proposal/store.ts';
import { nameOf, tierOf } from '../proposal/tools.ts';

/** Somebody as their mark or approval counts. */
export type Seat = Pick<Approval, 'person' | 'kind' | 'inPlaceOf' | 'groups'>;

/**
 * Throws, in words, unless this person may look after this batch: an approver whom the rule of each of its tools asks, and
 * never who asked for it, by whatever name.
 */
export function authorise(policy: DecidingPolicy, row: BatchRow, by: ProvenPerson, atMs: number): Seat {
  const person = knownAs(policy, by);
  const asked = askedOf(policy, row);
  if (!by.roles.includes('approver'))
    throw new UserError(`${person.id} is not enrolled as an approver. Nothing was changed.`, 'An administrator can enroll approvers.');
  let inPlaceOf: string | undefined;
  for (const tool of asked.each) {
    if (isAmong(policy, tool.asks.approvers, person, row.person)) continue;
    const asTicket = { person: row.person, connector: tool.connector, tool: tool.tool, tier: tierOf(row) };
    const absent = standsInFor(policy, asTicket, tool.asks.approvers, person, atMs);
    if (absent === undefined)
      throw new UserError(
        `For ${nameOf(tool)}, batch ${row.id} asks ${askedText(tool.asks.approvers)}; ${person.id} is not among them. Nothing was changed.`,
        `Who can change that: ${policy.organization.owner} (rule ${tool.asks.rule}).`,
      );
    inPlaceOf = absent;
  }
  const own = person.id === identity(policy, row.person);
  if (own && !policy.organization.solo)
    throw new UserError(
      `${person.id} asked for batch ${row.id} and can neither mark nor decide it. Nothing was changed.`,
      `Ask another of ${askedText(asked.names)}.`,
    );
  const groups = asked.distinct.filter((group) => person.groups.includes(group.slice('group:'.length)));
  return { person: person.id, kind: own ? 'self' : 'human', ...(inPlaceOf !== undefined && { inPlaceOf }), groups };
}

/** Throws unless the person showed a credential just now, where letting it go on asks for that. */
export function freshEnough(row: BatchRow, by: ProvenPerson, atMs: number): void {
  if (!asksForProof(row) || isFresh(by, atMs)) return;
  const why =
    row.state === 'returned'
      ? 'it was returned'
      : Number(row.lasting) === 0
        ? 'it is of the high tier'
        : 'what it does cannot be taken back';
  throw new UserError(
    `To approve batch ${row.id}, ${by.person} must have shown a credential within the last ${freshForMs / 60_000} minutes: ${why}. Nothing was changed.`,
    'Show it again, then decide.',
  );
}

/** As for one call of the high tier; and for what was found wrong. */
function asksForProof(row: Pick<BatchRow, 'high' | 'state'>): boolean {
  return tierOf(row) === 'high' || row.state === 'returned';
}

/** Throws unless it is in one of these states. */
export function mustBe(row: BatchRow, states: readonly string[], what: string): void {
  if (states.includes(row.state)) return;
  throw new UserError(
    `Batch ${row.id} is ${row.state} and cannot be ${what}. Nothing was changed.`,
    row.state === 'open' ? 'Its agent still adds to it; it is submitted by the agent or at the end of the run.' : undefined,
  );
}
