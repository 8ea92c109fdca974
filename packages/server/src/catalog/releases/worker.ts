import type { Clock } from '../../kernel/clock.ts';
import { counted } from '../../kernel/counted.ts';
import type { ReleaseSummary } from '../../kernel/releases.ts';

const everyMs = 3_600_000;
const dayMs = 86_400_000;

/** Tells of releases in use whose review is due again: at the start and each hour. An alert that is open already is not told twice. */
export function remindOfReviews(parts: {
  readonly list: () => Promise<readonly ReleaseSummary[]>;
  readonly clock: Clock;
  readonly tell: (release: ReleaseSummary, says: string) => void;
}): { look(): Promise<void>; stop(): void } {
  const { list, clock, tell } = parts;
  const look = async (): Promise<void> => {
    const now = clock();
    for (const release of await list()) {
      const { kind, id, version, owner, current, reviewDueMs } = release;
      if (!current || reviewDueMs === undefined || reviewDueMs > now) continue;
      const days = counted(Math.floor((now - reviewDueMs) / dayMs), 'day', 'days');
      tell(
        release,
        `The review of ${kind} ${id}@${version} is due again since ${days}. It goes on working. Its owner, ${owner}, has it looked at: propose the next release, or deprecate this one.`,
      );
    }
  };
  // What cannot be read now is read an hour later.
  const timer = setInterval(() => void look().catch(() => undefined), everyMs);
  timer.unref();
  return { look, stop: () => clearInterval(timer) };
}
