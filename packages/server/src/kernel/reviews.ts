import type { ProvenPerson } from './approvals.ts';

/** A call that somebody let run alone in an emergency, and who looked at it since. */
export interface GlassUse {
  readonly ticket: string;
  /** Who let it run, and who had asked for it. */
  readonly by: string;
  readonly person: string;
  readonly atMs: number;
  /** Why it could not wait; unknown for what was let run before that was kept. */
  readonly reason: string | undefined;
  readonly sentence: string;
  /** What became of the ticket. */
  readonly state: string;
  readonly review: { readonly person: string; readonly atMs: number; readonly note: string } | undefined;
}

/** Reviews of what was let run alone. Mistakes are `UserError`s; every review is an entry. */
export interface GlassReviews {
  list(filter: { readonly state: 'due' | 'all' }): Promise<readonly GlassUse[]>;
  /** Once, by an operator, administrator or approver who neither let it run nor asked for it. */
  review(act: { readonly ticket: string; readonly by: ProvenPerson; readonly note: string; readonly via: string }): Promise<GlassUse>;
  mayReview(use: GlassUse, by: ProvenPerson): { readonly may: true } | { readonly may: false; readonly says: string };
}
