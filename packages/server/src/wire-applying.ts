import type { BatchApplying } from './kernel/batch-desk.ts';
import type { Stops } from './kernel/stops.ts';
import type { OpenPolicy } from './policy/open.ts';
import { openApplying } from './stages/gate/batches/applying/act.ts';
import { batchFrozenBy } from './stages/gate/batches/applying/frozen-batch.ts';
import { applyBatches, openApplier } from './stages/gate/batches/applying/worker.ts';
import { missingNow } from './stages/gate/batches/audit/quorum.ts';
import { changeDigests } from './stages/gate/batches/images.ts';
import type { BatchRow } from './stages/gate/batches/proposal/store.ts';
import type { Store } from './wire.ts';
import { raiseInOver } from './wire-alerts.ts';
import { authorOver } from './wire-author.ts';
import type { openDeciding } from './wire-deciding.ts';
import { tellOver } from './wire-messages.ts';
import { outlivedIn } from './wire-waiting.ts';

/** Changes of different records that one batch makes at once: they share the waits for the disk, which cost more than the changes. */
const atOnceMax = 16;

/** What people may do about the applying of batches, for a server and for commands. */
export function applyingOver(parts: {
  readonly store: Pick<Store, 'database' | 'recorder' | 'clock'>;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly stops: Pick<Stops, 'covering' | 'current' | 'refresh'>;
}): BatchApplying {
  const { database, recorder, clock } = parts.store;
  return openApplying({ database, recorder, clock, policy: parts.policy.current, author: authorOver(database), stops: parts.stops });
}

/** Makes the changes of batches that people let go on. Returns how to end it. */
export function applyBatchesOf(parts: {
  readonly store: Store;
  readonly deciding: Pick<Awaited<ReturnType<typeof openDeciding>>, 'handle' | 'readBack' | 'stops'>;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly alarm: (says: string) => void;
}): () => Promise<void> {
  const { deciding, policy, alarm } = parts;
  const { database, recorder, clock, keys, payloads } = parts.store;
  const failed = (batch: string, error: unknown) =>
    alarm(`Batch ${batch} could not go on, and is tried again: ${error instanceof Error ? error.message : String(error)}`);
  const author = authorOver(database);
  const making = {
    ...{ database, recorder, clock, policy: policy.current, unsealMany: payloads.unsealMany },
    ...{ handle: deciding.handle, readBack: deciding.readBack, outlived: outlivedIn(parts.store) },
    missing: async (batch: BatchRow) => missingNow(policy.current(), batch, await author()),
    digests: changeDigests(keys.names),
    frozen: batchFrozenBy(deciding.stops.covering, policy.current),
    raise: raiseInOver(parts.store),
    tell: tellOver(parts.store, policy),
    ...{ failed, atOnceMax },
  };
  const applying = database
    .claim()
    .then((alone) => openApplier({ ...making, alone }))
    .then((applier) => applyBatches({ applier, watch: database.watch }));
  // Without it nothing of any batch is made; people are told, and a start later takes them up.
  applying.catch((error: unknown) => failed('of every run', error));
  return async () => {
    const end = await applying.catch(() => undefined);
    await end?.();
  };
}
