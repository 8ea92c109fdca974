import type { Tx } from '../../../kernel/recorder.ts';
import { kyselyOf } from '../../../storage/tx.ts';
import type { TicketRow } from '../store.ts';

type Moved = Promise<TicketRow | undefined>;

/** An approved ticket that a person lets run now; nothing when it is not approved, over, or runs by itself already. */
export function letRun(tx: Tx, id: string, nowMs: number): Moved {
  return approved(tx, id)
    .set({ run_when: 'approval', run_claimed_at_ms: null })
    .where('run_when', '=', 'resume')
    .where('expires_at_ms', '>', nowMs)
    .returningAll()
    .executeTakeFirst();
}

/** Takes the lease on a ticket that runs by itself: of many processes, one gets it. */
export function claimRun(tx: Tx, id: string, nowMs: number, leaseMs: number): Moved {
  return approved(tx, id)
    .set({ run_claimed_at_ms: nowMs })
    .where('run_when', '=', 'approval')
    .where((eb) => eb.or([eb('run_claimed_at_ms', 'is', null), eb('run_claimed_at_ms', '<=', nowMs - leaseMs)]))
    .returningAll()
    .executeTakeFirst();
}

/** What could not run by itself stays approved and waits for its agent or a person. */
export function leaveToAgent(tx: Tx, id: string): Moved {
  return approved(tx, id)
    .set({ run_when: 'resume', run_claimed_at_ms: null })
    .where('run_when', '=', 'approval')
    .returningAll()
    .executeTakeFirst();
}

/** The first hand-over of a result. */
export function handOver(tx: Tx, id: string, nowMs: number): Moved {
  return kyselyOf(tx)
    .updateTable('tickets')
    .set({ picked_up_at_ms: nowMs })
    .where('id', '=', id)
    .where('state', 'in', ['done', 'failed'])
    .where('picked_up_at_ms', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

function approved(tx: Tx, id: string) {
  return kyselyOf(tx).updateTable('tickets').where('id', '=', id).where('state', '=', 'approved');
}
