import type { Call } from '../kernel/call.ts';
import type { CallListeners, Handled } from '../kernel/handle.ts';
import { newCallId } from '../kernel/ids.ts';
import type { Front } from './front.ts';
import { notificationText } from './rpc.ts';
import { progressToken, type Running } from './running.ts';

type Held = Extract<Handled, { kind: 'held' }>;

/** Waits a little for a person to decide, saying so every few seconds; decided in time, the call is handled again from the top. */
export async function heldFor(front: Front, running: Running, call: Call, held: Held, listeners: CallListeners): Promise<Handled> {
  const { line, client, request } = running;
  const { heldWaitMs, heldProgressMs } = front.config;
  const wanted = heldWaitMs[client.info.name] ?? heldWaitMs['*'] ?? 0;
  // Without a stream, real clients give up after 60 s without a header.
  const waitMs = line.canStream ? wanted : Math.min(wanted, 45_000);
  if (!front.waitTicket || waitMs <= 0) return held;
  line.open();
  const token = progressToken(request);
  let ticks = 0;
  const tick = () => {
    if (token !== undefined) line.send(notificationText('notifications/progress', { progressToken: token, progress: ++ticks }));
  };
  const timer = setInterval(tick, heldProgressMs).unref();
  try {
    const decided = await front.waitTicket(held.ticket.id, waitMs, listeners.signal);
    if (!decided || listeners.signal.aborted) return held;
    const atMs = front.clock();
    return await front.handle({ ...call, id: newCallId(atMs), atMs }, listeners);
  } finally {
    clearInterval(timer);
  }
}
