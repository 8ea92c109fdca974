/** So often one change is sent, the first time included. */
export const sentMax = 3;
/** So often a record is read before it counts as one that cannot be read. */
export const readsMax = 3;
/** Nothing came back for so long since it was sent: then a person looks. */
export const outageMaxMs = 4 * 3_600_000;

/** What the record looks like when it is read back. */
export type ReadBack =
  /** As the change found it. */
  | 'as_before'
  /** As if the change had been made: its undo, computed from the record as it is, is the change itself. */
  | 'as_made'
  | 'otherwise'
  | 'unreadable'
  /** It was asked and nothing came back, which says nothing of the record. */
  | 'unanswered'
  /** Its tool has no `before`. */
  | 'no_read';

/** What is known of a change that was sent and did not end well. */
export interface Evidence {
  /** `error`: the connector answered with one; `nothing`: no answer, or a crash came first. */
  readonly answered: 'error' | 'nothing';
  /** It may be sent twice: its tool is idempotent, or knows the call by its key. */
  readonly twice: boolean;
  readonly sent: number;
  readonly read: ReadBack;
  /** How often it was read, this time included. */
  readonly reads: number;
  /** Of these, how often it was as before so long after it was sent that the connector has given up on it. */
  readonly absent: number;
  /** How long ago it was sent. */
  readonly sinceMs: number;
}

/**
 * `again`: proven absent, or harmless twice, so it is staged again; `maybe` where it may have been made all the same.
 * `look`: read once more. `wait`: leave it as it is, and look again later.
 */
export type Reconciled =
  | { readonly to: 'done' | 'failed' | 'unknown' }
  | { readonly to: 'again'; readonly maybe: boolean }
  | { readonly to: 'look' }
  | { readonly to: 'wait' };

/** What became of it. Never a guess: without a key or a proof that it is absent it is not sent again. */
export function reconcile({ answered, twice, sent, read, reads, absent, sinceMs }: Evidence): Reconciled {
  const again = sent < sentMax;
  switch (read) {
    case 'as_made':
      return { to: 'done' };
    case 'as_before':
      // An error says nothing of what was sent before it.
      if (answered === 'error' && sent === 1) return { to: 'failed' };
      if (twice) return again ? { to: 'again', maybe: true } : { to: 'unknown' };
      // What hangs upstream may still land: one look too early proves nothing, and one look is an accident.
      if (absent < 2) return { to: 'look' };
      return again ? { to: 'again', maybe: false } : { to: 'unknown' };
    case 'otherwise':
      return { to: 'unknown' };
    case 'unreadable':
      return reads < readsMax ? { to: 'look' } : { to: 'unknown' };
    case 'unanswered':
      if (reads < readsMax) return { to: 'look' };
      return sinceMs < outageMaxMs ? { to: 'wait' } : { to: 'unknown' };
    case 'no_read':
      // What answers an error may have been made all the same, and nothing can be looked at.
      return twice && again ? { to: 'again', maybe: true } : { to: 'unknown' };
  }
}

/** These say nothing of the record; it is read again soon. */
export const unread: ReadonlySet<ReadBack> = new Set(['unreadable', 'unanswered']);

/** Why a change that was sent waits in an outage. */
export const outageWords = `what came of it was asked for ${readsMax} times, and nothing came back; it is looked at again by itself`;

const againMinMs = 3_000;
const againMaxMs = 60_000;

/** The longer an outage lasts, the later it is asked again: in ms. */
export function againIn(sinceMs: number): number {
  return Math.min(againMaxMs, Math.max(againMinMs, sinceMs));
}
