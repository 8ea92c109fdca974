import type { Command } from 'commander';
import type { Acting, Approvals, ProvenPerson, TicketDetail, TicketFilter } from '../kernel/approvals.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal } from './credential.ts';
import { detailText } from './ticket-text.ts';

/** What the commands about tickets work with; no server needs to run. */
export interface ApprovalsDoor {
  readonly approvals: Approvals;
  readonly people: People;
  /** Who the operating system says runs the command: good enough to be named as a reader, never to decide. */
  readonly claimed: Acting;
  close(): Promise<void>;
}

/** Opens it for one command; `globals` are the options of the program itself. */
export type OpenApprovalsDoor = (globals: Readonly<Record<string, unknown>>) => Promise<ApprovalsDoor>;

/** Options of the commands about tickets. */
export interface TicketOptions extends CredentialOptions {
  readonly json?: boolean;
  readonly reason?: string;
  readonly state?: TicketFilter['state'];
  readonly person?: string;
  readonly brokeGlass?: boolean;
  readonly stopRun?: boolean;
  readonly now?: boolean;
  readonly arguments?: string;
  readonly list?: string;
  readonly first?: number;
  readonly only?: string;
  readonly by?: string;
}

/** One command on one ticket: opens the door, does it, and says what came of it. */
export function onTicket(
  parts: { readonly open: OpenApprovalsDoor; readonly terminal: Terminal },
  act: (door: ApprovalsDoor, id: string, options: TicketOptions) => Promise<readonly [value: unknown, words: string]>,
) {
  return async (typed: string, options: TicketOptions, self: Command): Promise<void> => {
    await using door = disposable(await parts.open(self.optsWithGlobals()));
    const [value, words] = await act(door, ticketId(typed), options);
    parts.terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
  };
}

/** Shows what is decided before the code is asked for: nobody proves themselves for something they could not see. */
export async function lookedAtBy(
  door: ApprovalsDoor,
  id: string,
  options: TicketOptions,
  terminal: Terminal,
): Promise<{ readonly by: ProvenPerson; readonly ticket: TicketDetail }> {
  const ticket = await door.approvals.show(id, door.claimed);
  terminal.stderr.write(detailText(ticket));
  if (ticket.state !== 'held') {
    throw new UserError(
      `Ticket ${ticket.id} is ${ticket.state} and cannot be decided again. Nothing was changed.`,
      'See the open ones with `trapkey approvals list`.',
    );
  }
  // Where the tier is high, or nobody knows it, having signed in is not enough.
  const need = ticket.tier === 'low' || ticket.tier === 'medium' ? 'session' : 'code';
  return { by: await prove(door.people, options, terminal, need), ticket };
}

/** The id of a ticket as people type it. */
function ticketId(typed: string): string {
  const id = typed.trim().toUpperCase();
  if (/^TK-[0-9A-Z]{10}$/.test(id)) return id;
  throw new UserError(
    'That is not the id of a ticket.',
    'Ids look like TK-7F3Q9K2M4X; see them with `trapkey approvals list --state all`.',
  );
}
