import type { Eligible, ProvenPerson } from './approvals.ts';
import type { StepResult, Tx } from './recorder.ts';
import type { Expression } from './rules.ts';

/** What a grant covers: one tool of one release, as reviewed, within its bounds. */
export interface GrantTerms {
  readonly id: string;
  /** undefined: whoever uses the release. */
  readonly person: string | undefined;
  readonly plugin: string;
  readonly version: string;
  readonly connector: string;
  readonly tool: string;
  readonly definition: string;
  /** CEL over `args`, `reach`, `amount`, `destination`, `person` and `now`. */
  readonly bounds: string;
  /** The most that one call may reach; undefined: no bound, and even where nobody can count it. */
  readonly reachMax: number | undefined;
  readonly countMax: number;
  /** undefined: `countMax` is for its whole life. */
  readonly periodMs: number | undefined;
  readonly expiresAtMs: number;
}

/** A grant as people see it. */
export interface GrantView extends GrantTerms {
  readonly state: 'live' | 'expired' | 'revoked';
  readonly because: string;
  readonly owner: string;
  readonly madeBy: string;
  readonly fromTicket: string | undefined;
  readonly createdAtMs: number;
  readonly reviewedAtMs: number | undefined;
  readonly revokedBy: string | undefined;
  /** Of the present period. */
  readonly used: number;
  readonly usedEver: number;
  readonly lastUsedAtMs: number | undefined;
}

/** A grant as the gate asks it. */
export interface StandingGrant extends Omit<GrantTerms, 'bounds'> {
  readonly bounds: Expression<boolean>;
}

/** The grants that this process knows; narrow, and replaceable for a replay. */
export interface GrantReader {
  /** Live ones for a tool of a release that are not known to be used up. */
  covering(where: {
    readonly plugin: string;
    readonly version: string;
    readonly connector: string;
    readonly tool: string;
    readonly atMs: number;
  }): readonly StandingGrant[];
}

/** Counts uses, in the transaction of `decided`. */
export interface GrantDoor {
  /** A conflict when it is used up, revoked or over by now; it is not offered again before that can change. */
  spend(tx: Tx, grant: string, call: string): Promise<StepResult>;
}

/** What a grant is made with; what is left out is taken from the ticket. */
export interface GrantWish {
  readonly ticket: string;
  readonly bounds?: string | undefined;
  readonly reachMax?: number | undefined;
  readonly count: number;
  readonly periodMs?: number | undefined;
  readonly expiresInMs: number;
  readonly because: string;
  /** Whoever uses the release, and not only the person of the ticket. */
  readonly forEveryone?: boolean | undefined;
}

/** What people may do with grants. Mistakes are `UserError`s; every change is an entry. */
export interface Grants {
  /** Newest first; `concerning` one whom they are for, who owns or who made them. */
  list(filter: {
    readonly state: GrantView['state'] | 'all';
    readonly unusedSinceMs?: number;
    readonly concerning?: string | undefined;
  }): Promise<readonly GrantView[]>;
  /** Whether somebody may make one of this ticket, a credential of just now aside; `says` is the reason why not. */
  may(ticket: string, by: ProvenPerson): Promise<Eligible>;
  /** By somebody who approved the ticket. */
  make(wish: GrantWish & { readonly by: ProvenPerson; readonly via: string }): Promise<GrantView>;
  /** Somebody looked at it and it may stay; by its maker or an administrator. */
  review(act: { readonly grant: string; readonly by: ProvenPerson; readonly via: string }): Promise<GrantView>;
  /** It ends at once; by its maker, whom it is for, an approver, an operator or an administrator. */
  revoke(act: { readonly grant: string; readonly by: ProvenPerson; readonly via: string; readonly reason: string }): Promise<GrantView>;
}

/** No grants: for replays and cases. */
export const noGrants: GrantReader = { covering: () => [] };
