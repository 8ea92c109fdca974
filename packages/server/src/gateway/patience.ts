import type { GatewayDoors } from './doors.ts';
import type { Line } from './line.ts';
import { notificationText } from './rpc.ts';
import { progressToken, type Running } from './running.ts';

/** Waits for a ticket as long as one request may, over all its waits. */
export interface Patience {
  /** True when the ticket was decided, or has ended, before the time was over. */
  wait(ticket: string, until: 'decided' | 'finished'): Promise<boolean>;
  /** Ends the ticking. */
  end(): void;
}

/** `waitMs` is asked by calls that wait, which few do. The stream opens with the first wait, and says every few seconds that it still goes on; numbers only. */
export function patienceOf(
  front: Pick<GatewayDoors, 'tickets' | 'config'>,
  { line, request }: Pick<Running, 'request'> & { readonly line: Line },
  waitMs: () => number,
  signal: AbortSignal,
): Patience {
  const beganMs = performance.now();
  let untilMs: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    if (timer) return;
    line.open();
    const token = progressToken(request);
    let ticks = 0;
    timer = setInterval(() => {
      if (token !== undefined) line.send(notificationText('notifications/progress', { progressToken: token, progress: ++ticks }));
    }, front.config.heldProgressMs).unref();
  };
  return {
    async wait(ticket, until) {
      untilMs ??= beganMs + waitMs();
      const leftMs = untilMs - performance.now();
      if (!front.tickets || leftMs <= 0 || signal.aborted) return false;
      begin();
      return await front.tickets.door.wait(ticket, leftMs, signal, until);
    },
    end: () => clearInterval(timer),
  };
}
