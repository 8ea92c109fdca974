import type { Call } from '../kernel/call.ts';
import { unknownWaitMaxMs } from '../kernel/client-waits.ts';
import type { CallListeners, Handled } from '../kernel/handle.ts';
import { newCallId } from '../kernel/ids.ts';
import { waitMsOf } from './client-waits.ts';
import type { GatewayDoors } from './doors.ts';
import type { Front } from './front.ts';
import type { Patience } from './patience.ts';
import type { Running } from './running.ts';
import { declaresTasks } from './tasks/declared.ts';

/** How long this request waits for a person before the agent is told. A client that can poll a task waits not at all. */
export function heldWaitMs(front: Pick<Front, 'clientWaits' | 'config'>, { client, line, session }: Running): number {
  if (!session && declaresTasks(client.capabilities)) return 0;
  const wanted = waitMsOf(client.info.name, [front.clientWaits?.() ?? {}, front.config.heldWaitMs]);
  // Without a stream, real clients give up after 60 s without a header.
  return line.canStream ? wanted : Math.min(wanted, unknownWaitMaxMs);
}

const roundsMax = 8;

/**
 * Handles a call, and stays with its ticket for a while: decided in time, the call is handled again from the top; where
 * its ticket ran or runs already, its stored result is the answer. Never a second execution.
 */
export async function throughTickets(
  doors: Pick<GatewayDoors, 'handle' | 'tickets' | 'clock'>,
  call: Call,
  listeners: CallListeners,
  patience: Patience,
): Promise<Handled> {
  let handled = await doors.handle(call, listeners);
  try {
    for (let round = 0; round < roundsMax && doors.tickets && !listeners.signal.aborted; round++) {
      if (handled.kind === 'held') {
        if (!(await patience.wait(handled.ticket.id, 'decided')) || listeners.signal.aborted) return handled;
        const atMs = doors.clock();
        // What is asked about again has another ticket: that one is gone on with.
        const named = call.via === 'ticket' ? { ticket: handled.ticket } : {};
        handled = await doors.handle({ ...call, ...named, id: newCallId(atMs), atMs }, listeners);
        continue;
      }
      const used = handled.kind === 'refused' && handled.ruling.code === 'ticket_used' ? handled.ruling.ticket : undefined;
      if (used === undefined) return handled;
      const { plugin, version } = call.endpoint;
      const picked = await doors.tickets.door.pickUp(used, { person: call.credential.person, plugin, version });
      if (picked.kind === 'result' || picked.kind === 'protocol_error') return picked;
      if (picked.kind === 'nothing' || !(await patience.wait(used, 'finished'))) return handled;
    }
    return handled;
  } finally {
    patience.end();
  }
}
