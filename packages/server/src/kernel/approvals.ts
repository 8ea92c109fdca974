import type { Assurance } from '@trapkey/contract/codes.ts';
import type { Json } from '@trapkey/contract/json.ts';
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

/** One approval of a ticket. `self`: by the person who asked, where the organization is solo. */
export interface Approval {
  readonly person: string;
  readonly atMs: number;
  readonly kind: 'human' | 'self';
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
  readonly decidedReason: string | undefined;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly decidedAtMs: number | undefined;
}

/** A ticket with exactly what would be sent. Reading it leaves an entry. */
export interface TicketDetail extends TicketSummary {
  readonly payload: { readonly method: Json; readonly name: Json; readonly arguments: Json; readonly extra: Json };
  /** The digests that an approval is given for. */
  readonly bound: { readonly arguments: string; readonly definition: string; readonly policy: string };
}

/** `open`: held or approved. */
export interface TicketFilter {
  readonly state: TicketView['state'] | 'open' | 'all';
  readonly person?: string;
  readonly max?: number;
}

/** What people may do with tickets; the CLI's and the console's door. Mistakes are `UserError`s. */
export interface Approvals {
  list(filter: TicketFilter): Promise<readonly TicketSummary[]>;
  show(ticket: string, by: Acting): Promise<TicketDetail>;
  approve(act: { readonly ticket: string; readonly by: ProvenPerson; readonly via: string }): Promise<TicketSummary>;
  refuse(act: {
    readonly ticket: string;
    readonly by: ProvenPerson;
    readonly via: string;
    readonly reason: string;
  }): Promise<TicketSummary>;
}
