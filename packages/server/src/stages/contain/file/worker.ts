import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Clock, rfc3339 } from '../../../kernel/clock.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { Stops } from '../../../kernel/stops.ts';
import type { StopFiles } from './files.ts';
import type { PendingFile } from './judge.ts';
import { insertFile, refuseAgain } from './store.ts';

/** A clock that differs more from an order's is said in its entry; the order counts all the same. */
const skewMs = 5 * 60_000;

interface Parts {
  readonly files: Pick<StopFiles, 'pending' | 'done'>;
  readonly stops: Pick<Stops, 'engage' | 'refresh'>;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly alarm: (says: string) => void;
  readonly everyMs?: number;
}

/** Writes down what stop files said, once each over all nodes: an order becomes a stop, with its entry. Returns how to end it. */
export function importStopFiles(parts: Parts): () => Promise<void> {
  const { everyMs = 500 } = parts;
  let importing: Promise<void> | undefined;
  let failed = false;
  const timer = setInterval(() => {
    if (parts.files.pending().length === 0) return;
    importing ??= importAll(parts)
      .then(() => {
        failed = false;
      })
      .catch((error: unknown) => {
        // Tried again with the next turn; the files count on this node meanwhile.
        if (!failed) parts.alarm(`Stop files could not be written down yet: ${error instanceof Error ? error.message : String(error)}`);
        failed = true;
      })
      .finally(() => {
        importing = undefined;
      });
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await importing;
  };
}

async function importAll(parts: Parts): Promise<void> {
  for (const pending of parts.files.pending()) {
    if ('order' in pending.judged) await carryOut(parts, pending, pending.judged);
    else await refuse(parts, pending, pending.judged.refused);
    parts.files.done(pending.digest);
  }
  await parts.stops.refresh();
}

async function carryOut({ stops }: Parts, pending: PendingFile, judged: Extract<PendingFile['judged'], { order: unknown }>): Promise<void> {
  const { digest, file, stop, seenAtMs } = pending;
  const { order, key } = judged;
  const apartMs = Math.abs(seenAtMs - Date.parse(order.issued_at));
  const skew = apartMs > skewMs ? `, ${Math.round(apartMs / 1_000)} s from when it was seen` : '';
  const detail = `signed stop file ${file}, key ${key}, nonce ${order.nonce}, issued ${order.issued_at}${skew}`;
  const row = { digest, file, state: 'imported', key, nonce: order.nonce, stop: stop.id, says: detail, seen_at_ms: seenAtMs } as const;
  await stops.engage({
    scope: stop.scope,
    mode: stop.mode,
    by: { person: stop.by, assurance: 'proved' },
    reason: stop.reason,
    order: {
      id: stop.id,
      detail,
      claim: async (tx) => ((await insertFile(tx, row)) ? { ok: true } : { ok: false, conflict: 'carried out before' }),
    },
  });
}

async function refuse({ recorder, clock }: Parts, pending: PendingFile, says: string): Promise<void> {
  const { digest, file, seenAtMs, again } = pending;
  const entry: EntryFields = {
    timestamp: rfc3339(clock()),
    kind: 'admin',
    action: 'stop_file.refused',
    subject: digest,
    detail: `stop file ${file.slice(0, 200)}: ${says}; everything is stopped on the node that has it`,
  };
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const row = { digest, file, state: 'refused', key: null, nonce: null, stop: null, says, seen_at_ms: seenAtMs } as const;
      const first = await insertFile(tx, row);
      if (!first && !again) return { ok: false, conflict: 'written down before' };
      if (!first) await refuseAgain(tx, digest, seenAtMs);
      return { ok: true, entries: [entry] };
    },
  });
}
