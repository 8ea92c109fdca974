import type { Assurance } from '@trapkey/contract/codes.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { TicketView } from './call.ts';

/** Somebody who just showed a credential of their own. Only the access module makes one. */
export interface ProvenPerson {
  readonly person: string;
  readonly roles: readonly string[];
  /** Groups as the identity provider names them; absent where the directory says. */
  readonly groups?: readonly string[] | undefined;
  /** When they last showed a credential, not only a session; a high-tier ticket needs this to be recent. */
  readonly freshAtMs?: number | undefined;
}

/** Somebody who acts, and how far it is shown that they are who they say. */
export interface Acting {
  readonly person: string;
  readonly assurance: Assurance;
}

/**
 * One approval of a ticket. `self`: by the person who asked, where the organization is solo. `break-glass`: alone, in an
 * emergency.
 */
export interface Approval {
  readonly person: string;
  readonly atMs: number;
  readonly kind: 'human' | 'self' | 'break-glass';
  /** In whose place, where a delegate decided. */
  readonly inPlaceOf?: string;
  /** Groups of the person that the ticket wants represented. */
  readonly groups?: readonly string[];
  /** Why it could not wait, where somebody let it run alone. */
  readonly reason?: string;
}

/** What somebody wrote on a ticket. */
export interface TicketNote {
  readonly id: string;
  readonly atMs: number;
  readonly person: string;
  readonly kind: 'question' | 'answer' | 'comment';
  readonly text: string;
}

/** A ticket as lists show it; without its arguments. */
export interface TicketSummary {
  readonly id: string;
  readonly state: TicketView['state'];
  readonly person: string;
  /** plugin@version */
  readonly release: string;
  readonly connector: string;
  readonly tool: string;
  readonly run: string;
  readonly call: string;
  readonly sentence: string;
  readonly rule: string;
  readonly reach: number | null;
  readonly asked: readonly string[];
  readonly needs: number;
  readonly approvals: readonly Approval[];
  /** The stop that freezes it: it cannot be approved and does not run until that is released. */
  readonly frozen?: { readonly stop: string; readonly says: string } | undefined;
  /** What is missing, in words; said where somebody just approved and it still waits. */
  readonly waitsFor?: string;
  readonly decidedReason: string | undefined;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly decidedAtMs: number | undefined;
  readonly tier?: string | undefined;
  readonly effect?: string | undefined;
  /** Reach of all pieces of the same goal so far, this one included. */
  readonly cumulative?: number | null;
  /** The first ticket of the same goal; undefined for the first itself. */
  readonly linked?: string | undefined;
  /** Groups that must each be among the approvers. */
  readonly distinct?: readonly string[];
  /** Who may decide too since nobody did in time. */
  readonly escalatedTo?: readonly string[];
  readonly runs?: 'resume' | 'approval';
  /** Who changed the payload; they are never the only ones to approve. */
  readonly editors?: readonly string[];
  /** Salted digest of the arguments: another one as soon as somebody changes what would run. */
  readonly carries?: string;
  /** True when a person changed what would run, whether they cut it down or rewrote it. */
  readonly edited?: boolean;
  /** What the page and messages show besides the sentence. */
  readonly facts?: JsonObject;
}

/** A ticket with exactly what would be sent. Reading it leaves an entry. */
export interface TicketDetail extends TicketSummary {
  readonly payload: { readonly method: Json; readonly name: Json; readonly arguments: Json; readonly extra: Json };
  /** The digests that an approval is given for. */
  readonly bound: { readonly arguments: string; readonly definition: string; readonly policy: string };
  /** What the agent asked for, where a person changed it. */
  readonly original?: TicketDetail['payload'] | undefined;
  readonly notes?: readonly TicketNote[];
  /** Other pieces of the same goal, oldest first. */
  readonly pieces?: readonly { readonly id: string; readonly state: TicketView['state']; readonly reach: number | null }[];
}

/** `open`: held or approved; `decided`: neither, and not being run. */
export interface TicketFilter {
  readonly state: TicketView['state'] | 'open' | 'decided' | 'all';
  readonly person?: string;
  readonly max?: number;
  readonly tier?: string | undefined;
  readonly connector?: string | undefined;
  readonly tool?: string | undefined;
  /** What wanted a person. */
  readonly rule?: string | undefined;
  /** `urgent`: the highest tier first, and of each what expires first; of held ones only. */
  readonly sort?: 'newest' | 'urgent' | undefined;
  /** What comes after this one, in the order of the list. */
  readonly after?: Pick<TicketSummary, 'createdAtMs' | 'expiresAtMs' | 'tier' | 'id'> | undefined;
  /** Only those that somebody let run alone in an emergency. */
  readonly brokeGlass?: boolean;
}

/** A ticket of a list, and whether whoever asked for the list may decide it. */
export interface ListedTicket {
  readonly ticket: TicketSummary;
  readonly eligible: Eligible;
}

/** What every decision is made with. */
export interface Decision {
  readonly ticket: string;
  readonly by: ProvenPerson;
  /** The surface that it came through: `cli`, `api`, `page`, `slack` … */
  readonly via: string;
  /** `carries` of the ticket as they looked at it: where it is another by now, letting it run is refused. */
  readonly seen?: string | undefined;
}

/** A list argument cut down: to its first so many, or to the named members. */
export type Part = { readonly argument: string } & ({ readonly first: number } | { readonly only: readonly Json[] });

/** Whether somebody may decide a ticket now; `says` is the reason why not. */
export type Eligible = { readonly may: true } | { readonly may: false; readonly says: string };

/** What people may do with tickets; the door of CLI, API, page and messages. Mistakes are `UserError`s. */
export interface Approvals {
  list(filter: TicketFilter): Promise<readonly TicketSummary[]>;
  /** The same with what somebody may do about each. */
  listFor(filter: TicketFilter, by: ProvenPerson): Promise<readonly ListedTicket[]>;
  show(ticket: string, by: Acting): Promise<TicketDetail>;
  /** Without the payload, so that looking leaves no entry. */
  find(ticket: string): Promise<TicketSummary | undefined>;
  notes(ticket: string): Promise<readonly TicketNote[]>;
  /** The last ticket of the same plugin and tool that was approved and ran, with its arguments. Reading those leaves an entry. */
  similar(ticket: string, by: Acting): Promise<{ readonly ticket: TicketSummary; readonly arguments: Json } | undefined>;
  eligible(ticket: string, by: ProvenPerson): Promise<Eligible>;
  /** `runs: 'approval'`: as soon as it is approved, rather than when the agent comes back. */
  approve(act: Decision & { readonly runs?: 'approval' }): Promise<TicketSummary>;
  /** Cuts a list argument down and approves what is left; earlier approvals were for more and end. */
  approvePart(act: Decision & { readonly part: Part }): Promise<TicketSummary>;
  /** Replaces the arguments: decided anew from the top, earlier approvals end, and somebody else must approve. */
  edit(act: Decision & { readonly arguments: JsonObject }): Promise<TicketSummary>;
  /** `stopRun`: nothing of this run goes on. */
  refuse(act: Decision & { readonly reason: string; readonly stopRun?: boolean }): Promise<TicketSummary>;
  /** Asks the person, never the agent. */
  ask(act: Decision & { readonly text: string }): Promise<TicketNote>;
  /** By the person who asked for the call. */
  answer(act: Decision & { readonly text: string }): Promise<TicketNote>;
  /** By somebody who may decide it; at most seven days from now. */
  extend(act: Decision & { readonly byMs: number }): Promise<TicketSummary>;
  /** By the person who asked for the call. */
  withdraw(act: Decision & { readonly reason?: string }): Promise<TicketSummary>;
  /** Lets an approved ticket run now, without its agent; once, in whichever process serves. By who asked for it, or may approve it. */
  run(act: Decision): Promise<TicketSummary>;
  /** Whether somebody may let it run alone, a credential of just now aside. */
  mayBreakGlass(ticket: string, by: ProvenPerson): Promise<Eligible>;
  /** Lets it run alone, in an emergency: allowed to the few, loud, for minutes, reviewed after. */
  breakGlass(act: Decision & { readonly reason: string }): Promise<TicketSummary>;
}
