import type { ProvenPerson } from '../../../kernel/approvals.ts';
import { rfc3339 } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import { approvalsOf } from '../approved-by.ts';
import type { TicketRow } from '../store.ts';
import { askedOf, stateAt } from '../view.ts';

/** What of the running policy says who is who. */
export type KnownPeople = Pick<PolicySet, 'directory'>;

/** Throws, in words, unless this person may let the approved ticket run now: who asked for it, who approved it or may, or an operator. */
export function mayRun(policy: KnownPeople, row: TicketRow, by: ProvenPerson, atMs: number): void {
  const state = stateAt(row, atMs);
  if (state !== 'approved') {
    const when = state === 'expired' ? ` at ${rfc3339(row.expires_at_ms)}` : '';
    const next = state === 'held' ? 'It runs only after it is approved.' : 'A ticket runs once; the agent can make the call again.';
    throw new UserError(`Ticket ${row.id} is ${state}${when}, so it cannot be run. Nothing was changed.`, next);
  }
  if (row.drill !== 0) throw new UserError(`Ticket ${row.id} is a drill and never runs. Nothing was changed.`);
  const person = identity(policy, by.person);
  const groups = by.groups ?? policy.directory.get(person)?.groups ?? [];
  const concerned = [row.person, ...approvalsOf(row).map((approval) => approval.person)].some((one) => identity(policy, one) === person);
  const asked = askedOf(row).some((who) => (who.startsWith('group:') ? groups.includes(who.slice(6)) : identity(policy, who) === person));
  if (concerned || asked || by.roles.includes('operator')) return;
  throw new UserError(
    `${person} neither asked for ticket ${row.id} nor may approve it. Nothing was changed.`,
    `The person who asked, those who are asked to approve it (${askedOf(row).join(', ')}) and operators can run it.`,
  );
}

/** One id for one person: aliases and upper case are the same human. */
function identity({ directory }: KnownPeople, name: string): string {
  const lower = name.trim().toLowerCase();
  return directory.get(lower)?.id.toLowerCase() ?? lower;
}
