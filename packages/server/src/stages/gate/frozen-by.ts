import type { Effect } from '@trapkey/contract/codes.ts';
import type { TicketSummary } from '../../kernel/approvals.ts';
import type { StopCovering } from '../../kernel/covered.ts';
import { UserError } from '../../kernel/errors.ts';
import type { PolicySet } from '../../kernel/rules.ts';

/** The stop that freezes a ticket: nobody can approve it and it does not run, until that is released. */
export interface Frozen {
  readonly stop: string;
  readonly says: string;
}

/** Says whether a stop freezes an open ticket. It is asked each time, so that a release thaws at once. */
export type FrozenBy = (ticket: TicketSummary) => Frozen | undefined;

/** Asks the stops of this process. Without them nothing is frozen: the call itself is refused where it would run. */
export function frozenBy(covering: StopCovering | undefined, policy: () => Partial<Pick<PolicySet, 'connectors'>>): FrozenBy {
  return (ticket) => {
    if (!covering || (ticket.state !== 'held' && ticket.state !== 'approved')) return undefined;
    const stop = covering({
      connector: ticket.connector,
      connection: policy().connectors?.get(ticket.connector)?.connection,
      effect: ticket.effect as Effect | undefined,
      plugin: ticket.release.slice(0, ticket.release.lastIndexOf('@')),
      release: ticket.release,
      tool: ticket.tool,
      person: ticket.person,
      run: ticket.run,
      atMs: ticket.createdAtMs,
    });
    return stop && { stop: stop.id, says: `Frozen by stop ${stop.id} (${stop.by}: ${stop.reason})` };
  };
}

/** Throws, in words, where a stop freezes the ticket. */
export function mustBeThawed(frozen: Frozen | undefined, ticket: string): void {
  if (!frozen) return;
  throw new UserError(
    `Ticket ${ticket} cannot be let run: ${frozen.says}. Nothing was changed.`,
    `It can be decided again after \`trapkey release ${frozen.stop}\`; it can be refused now.`,
  );
}
