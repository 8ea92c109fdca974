import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json } from '@trapkey/contract/json.ts';
import type { Announcements, Finished, HookResult } from '../../kernel/announced.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import { RecordUnavailable } from '../../kernel/errors.ts';
import type { Recorder, Sealed, Tx } from '../../kernel/recorder.ts';
import type { TicketDoor } from '../../kernel/tickets.ts';
import { type AnnouncedDatabase, type AnnouncedRow, byToolUse, markEnded, openOf } from './store.ts';

export interface Ending {
  readonly database: AnnouncedDatabase;
  readonly recorder: Recorder;
  readonly tickets: Pick<TicketDoor, 'finish'>;
}

const closedAtOnceMax = 200;
const endedDetail = 'The session ended, and its hook never told what came of it.';

/** Writes `executed` for a call that the client was let run, with the end of its ticket; once, however often it is told. */
export async function finish(ending: Ending, result: HookResult): Promise<Finished> {
  const row = await byToolUse(ending.database, result.person, result.toolUse);
  if (!row || row.call === null || row.session !== result.session) return 'unknown';
  if (row.ended_at_ms !== null || row.admitted === null) return 'again';
  const sealed = result.payload === undefined ? undefined : sealedSafely(ending.recorder, row.run ?? '', result.payload);
  const committed = await ending.recorder.commit({
    entries: [],
    sealed: sealed ? [sealed] : [],
    steps: async (tx) => {
      if (!(await markEnded(tx, row, result.atMs))) return { ok: false, conflict: 'told before' };
      await endTicket(ending, tx, row, result.outcome, sealed?.digest);
      // Somebody may wait for a ticket to end.
      return { ok: true, entries: [executed(row, result, sealed)], ...(row.ticket === null && { quiet: true as const }) };
    },
  });
  if (committed.status === 'latch_moved') throw new RecordUnavailable(committed.status);
  return committed.status === 'committed' ? 'recorded' : 'again';
}

/** Closes what a session was let run and never told of. */
export async function endSession(ending: Ending, { person, session, atMs }: Parameters<Announcements['endSession']>[0]): Promise<number> {
  const rows = await openOf(ending.database, person, session, closedAtOnceMax);
  if (rows.length === 0) return 0;
  let closed = 0;
  const committed = await ending.recorder.commit({
    entries: [],
    steps: async (tx) => {
      const entries: EntryFields[] = [];
      for (const row of rows) {
        if (!(await markEnded(tx, row, atMs))) continue;
        await endTicket(ending, tx, row, 'unknown', undefined);
        entries.push({ ...about(row), timestamp: rfc3339(atMs), kind: 'closed', outcome: 'unknown', detail: endedDetail });
      }
      closed = entries.length;
      return { ok: true, entries };
    },
  });
  if (committed.status !== 'committed') throw new RecordUnavailable(committed.status);
  return closed;
}

/** A ticket that ended meanwhile stays as it is: what happened is recorded all the same. */
async function endTicket(ending: Ending, tx: Tx, row: AnnouncedRow, outcome: HookResult['outcome'], digest: string | undefined) {
  if (row.ticket !== null) await ending.tickets.finish(tx, row.ticket, outcome, { digest, handedOver: true });
}

function executed(row: AnnouncedRow, result: HookResult, sealed: Sealed | undefined): EntryFields {
  const entry = about(row);
  return {
    ...entry,
    timestamp: rfc3339(result.atMs),
    kind: 'executed',
    outcome: result.outcome,
    ...(result.tookMs !== undefined && { upstream_ms: Math.round(result.tookMs) }),
    result: { bytes: result.bytes, screened: [], ...(sealed && { digest: sealed.digest }), ...(result.isError && { is_error: true }) },
    // The client ran it, and only the client says how it went.
    assurance: { ...entry.assurance, outcome: 'claimed' },
  };
}

function about(row: AnnouncedRow): EntryFields {
  const { entry } = JSON.parse(row.admitted ?? '{}') as { readonly entry: EntryFields };
  const { decide_ms: _decide, would: _would, detail: _detail, ...rest } = entry;
  return rest;
}

/** What no vault can hold must not cost the entry. */
function sealedSafely(recorder: Recorder, run: string, payload: Json): Sealed | undefined {
  try {
    return recorder.seal(run, payload);
  } catch {
    return undefined;
  }
}
