import type { ProvenPerson } from './approvals.ts';
import type { Call, TicketView } from './call.ts';
import type { Handled } from './handle.ts';

/** On whose side an agent asks: it sees tickets of this person and release, and no others. */
export interface Whose {
  readonly person: string;
  readonly plugin: string;
  readonly version: string;
}

/** A ticket as its agent may see it. */
export interface AgentTicket {
  readonly view: TicketView;
  readonly connector: string;
  readonly tool: string;
  /** When it was decided, ended or ran; undefined while nothing came of it. */
  readonly changedAtMs: number | undefined;
  /** It ran and its result is held. */
  readonly hasResult: boolean;
  /** What a person asked on the ticket last, when nobody answered it; other people's words. */
  readonly question: string | undefined;
}

/** What became of a ticket that ran. `running`: it has not ended yet; `nothing`: no result of it is held. */
export type PickedUp = Extract<Handled, { readonly kind: 'result' | 'protocol_error' }> | { readonly kind: 'running' | 'nothing' };

/** What the agents' side may ask of its own tickets. Whoever's they are not hears that there is none. */
export interface AgentTickets {
  /** Newest first, open ones and those that ended lately. */
  list(whose: Whose): Promise<readonly AgentTicket[]>;
  find(ticket: string, whose: Whose): Promise<AgentTicket | undefined>;
  /** True when the ticket left the states (`held`, or `executing` too) within the time. */
  wait(ticket: string, waitMs: number, signal: AbortSignal, until: 'decided' | 'finished'): Promise<boolean>;
  /** The call as it was frozen, to be handled from the top with the credential that resumes it; undefined when it is not held any more. */
  frozen(ticket: string, whose: Whose): Promise<Call | undefined>;
  /** The stored result. That somebody was handed it is durable before they are. */
  pickUp(ticket: string, whose: Whose): Promise<PickedUp>;
  /** Takes back what has not run; gives the ticket as it is then. */
  withdraw(ticket: string, whose: Whose, client: string): Promise<AgentTicket | undefined>;
}

/** What lets a ticket run without its agent. */
export interface Running {
  /** A person presses Run: as soon as a serving process sees it, it runs once. Mistakes are `UserError`s. */
  run(act: { readonly ticket: string; readonly by: ProvenPerson; readonly via: string }): Promise<void>;
}

/** The frozen call as `handle` takes it when a ticket is resumed. */
export function resumed(frozen: Call, view: TicketView, now: Pick<Call, 'id' | 'atMs'> & Partial<Call>): Call {
  return { ...frozen, attempt: 0, ...now, via: 'ticket', ticket: view };
}
