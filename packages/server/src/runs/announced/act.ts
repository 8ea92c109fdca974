import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Admitted, Announcements, HookCall } from '../../kernel/announced.ts';
import type { Committed, Recorder } from '../../kernel/recorder.ts';
import type { TicketDoor } from '../../kernel/tickets.ts';
import { argumentsDigest } from './digest.ts';
import { type Ending, endSession, finish } from './ending.ts';
import { namesThis } from './named.ts';
import { type AnnouncedDatabase, type AnnouncedRow, byToolUse, forgetBefore, insertAnnounced } from './store.ts';

/** How long a call may come after its announcement; clients take milliseconds, held ones come back later. */
const joinWithinMs = 10 * 60_000;
/** Two hooks of one client may announce the same call: so long it is one call and not two. */
const doubleWithinMs = 5_000;
/** A call that runs for longer than this is not told the end of. */
const keptMs = 24 * 3_600_000;
const forgetEvery = 256;

/** Opens the announcements of one database. */
export function openAnnouncements(parts: {
  readonly database: AnnouncedDatabase;
  readonly recorder: Recorder;
  readonly keys: { readonly names: Uint8Array };
  readonly tickets: Pick<TicketDoor, 'finish'>;
  /** Opens what a person approved, where it is not what was asked. */
  readonly unseal: (digest: string) => Promise<Json>;
}): Announcements {
  const { database, recorder } = parts;
  const digestOf = argumentsDigest(parts.keys.names);
  const ending: Ending = { database, recorder, tickets: parts.tickets };
  let count = 0;
  const insert = async (row: AnnouncedRow, latch?: number): Promise<Committed['status']> => {
    const committed = await recorder.commit({
      entries: [],
      ...(latch !== undefined && { latch }),
      steps: async (tx) => {
        if (!(await insertAnnounced(tx, row))) return { ok: false, conflict: 'announced before' };
        if (++count % forgetEvery === 0) await forgetBefore(tx, row.at_ms - keptMs);
        // Whoever asks for it asks the database.
        return { ok: true, quiet: true };
      },
    });
    return committed.status;
  };
  return {
    async announce(call, latch) {
      const row = rowOf(call, digestOf(call.args), undefined);
      const status = await insert(row, latch);
      if (status !== 'conflict') return status === 'committed' ? 'announced' : 'moved';
      const known = await byToolUse(database, call.person, call.toolUse);
      return known && sameCall(known, row) ? 'announced' : 'otherwise';
    },
    async join({ person, toolUse, endpoint, tool, args, atMs }) {
      const row = await byToolUse(database, person, toolUse);
      if (!row || Math.abs(atMs - row.at_ms) > joinWithinMs) return { announced: { kind: 'none' } };
      const says = !namesThis(row.tool, { ...endpoint, tool })
        ? 'The hook announced another tool, or one of another plugin, than was called'
        : row.digest !== digestOf(args)
          ? 'The hook announced other arguments than were called with'
          : undefined;
      if (says !== undefined) return { announced: { kind: 'otherwise', says } };
      const { session, agent } = row;
      const agentType = row.agent_type ?? undefined;
      const by = { person, toolUse, session, agent, agentType, prompt: row.prompt ?? undefined, tool: row.tool };
      return { announced: { kind: 'joined', agentType }, by };
    },
    async admitted(call) {
      const row = await byToolUse(database, call.person, call.toolUse);
      if (!row) return undefined;
      const over = row.ended_at_ms !== null || Math.abs(call.atMs - row.at_ms) > doubleWithinMs;
      if (over || row.admitted === null || !sameCall(row, rowOf(call, digestOf(call.args), undefined))) return 'otherwise';
      return await admittedOf(row, call.args, parts.unseal);
    },
    under: async (latch) => latch !== undefined && (await recorder.commit({ entries: [], latch })).status === 'committed',
    admit: async (call, admitted) => (await insert(rowOf(call, digestOf(call.args), admitted))) === 'committed',
    finish: (result) => finish(ending, result),
    endSession: (of) => endSession(ending, of),
  };
}

function sameCall(known: AnnouncedRow, row: AnnouncedRow): boolean {
  return known.digest === row.digest && known.tool === row.tool && known.session === row.session && known.agent === row.agent;
}

function rowOf(call: HookCall, digest: string, admitted: Admitted | undefined): AnnouncedRow {
  return {
    person: call.person,
    tool_use: call.toolUse,
    session: call.session,
    agent: call.agent,
    agent_type: call.agentType ?? null,
    prompt: call.prompt ?? null,
    tool: call.tool,
    digest,
    call: admitted?.call ?? null,
    ticket: admitted?.ticket ?? null,
    run: admitted?.run ?? null,
    // What runs is in the vault, and not here.
    admitted: admitted ? JSON.stringify({ entry: admitted.entry, instead: admitted.instead }) : null,
    at_ms: call.atMs,
    ended_at_ms: null,
  };
}

/** What a row was let run as. */
async function admittedOf(row: AnnouncedRow, asked: JsonObject, unseal: (digest: string) => Promise<Json>): Promise<Admitted> {
  const { entry, instead } = JSON.parse(row.admitted ?? '{}') as { readonly entry: EntryFields; readonly instead: boolean };
  const sealed = instead ? ((await unseal(entry.arguments ?? '')) as { readonly arguments: JsonObject }) : undefined;
  const { call, ticket, run } = row;
  return { call: call ?? '', ticket: ticket ?? undefined, run: run ?? '', entry, args: sealed?.arguments ?? asked, instead };
}
