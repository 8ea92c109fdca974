import type { BatchRow } from '../proposal/store.ts';
import { toolsOf } from '../proposal/tools.ts';
import { leaveClaim, releaseClaim, renewClaim } from './applying-store.ts';
import type { MakingParts } from './parts.ts';
import type { Run } from './run-state.ts';

/** The lease is renewed, and whoever watches is woken, this often while something goes on. */
const renewEveryMs = 1_000;
/** What was left running is looked at again after so long. */
const againAfterMs = 3_000;

/** Renews the lease on a batch again and again, and hears whether it still goes on. Returns how to end that. */
export function keepRenewing(parts: MakingParts, run: Run, claim: string): () => void {
  const timer = setInterval(() => void renew(parts, run, claim), renewEveryMs);
  return () => clearInterval(timer);
}

async function renew(parts: MakingParts, run: Run, claim: string): Promise<void> {
  let now: BatchRow | undefined;
  const committed = await parts.recorder
    .commit({
      entries: [],
      steps: async (tx) => {
        now = await renewClaim(tx, run.batch.id, claim, parts.clock());
        return { ok: true };
      },
    })
    // A record that cannot be written lets nothing begin either; the lease ends by itself.
    .catch(() => undefined);
  if (committed?.status !== 'committed') return;
  if (!now) {
    run.stopped = true;
    run.left = true;
  } else if (now.state !== 'applying') run.stopped = true;
  else run.pausing ??= parts.frozen(now, toolsOf(now), parts.clock())?.says;
}

/** Gives the lease back, so that whoever is next need not wait for its end; what was left running is looked at again soon. */
export async function giveBack(
  { recorder, clock }: MakingParts,
  { batch, left, againMs = againAfterMs }: Run,
  claim: string,
): Promise<void> {
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      await (left ? leaveClaim(tx, batch.id, claim, clock() + againMs) : releaseClaim(tx, batch.id, claim));
      return { ok: true, ...(left && { quiet: true }) };
    },
  });
}
