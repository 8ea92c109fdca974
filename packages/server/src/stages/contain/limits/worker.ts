import { paced } from '../../../kernel/paced.ts';
import type { OpenLimits } from './act.ts';
import { leaseMs } from './window.ts';

/** Reads open breakers again whenever the database changed, and gives back what is not used; returns how to end it. */
export function tendLimits(parts: {
  readonly limits: Pick<OpenLimits, 'refresh' | 'tend' | 'close'>;
  readonly watch: (changed: () => void) => () => void;
  readonly alarm: (says: string) => void;
  readonly everyMs?: number;
}): () => Promise<void> {
  const { limits, watch, alarm, everyMs = leaseMs / 2 } = parts;
  let working: Promise<void> | undefined;
  // A refusal that counts changes the database too, and whoever is refused tries again: reading them all anew is not done for each.
  const again = paced(limits.refresh);
  const unwatch = watch(again.ask);
  const tend = () => {
    working ??= limits
      .tend()
      .catch((error: unknown) => alarm(`Limits could not be tended: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        working = undefined;
      });
  };
  const timer = setInterval(tend, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    unwatch();
    again.stop();
    await working;
    await limits.close().catch(() => undefined);
  };
}
