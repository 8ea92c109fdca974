import type { Tx } from '../../kernel/recorder.ts';
import type { RunReport } from '../../kernel/runs.ts';
import type { ClientSessionsTable, ModelRequestsTable, PromptsTable, ReportedTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';
import { type Epoch, missing, readEpochs } from './sequence.ts';

/** Rows as the rest of the folder makes them. */
export type ModelRequest = ModelRequestsTable;
export type Prompt = PromptsTable;
export type Reported = ReportedTable;

const rowsAtOnce = 500;

/** Notes that witnesses spoke of these sessions. */
export async function touchSessions(tx: Tx, person: string, reports: readonly RunReport[], nowMs: number): Promise<void> {
  const witnesses = new Map<string, { hooks_at_ms: number | null; telemetry_at_ms: number | null }>();
  for (const { session, by } of reports) {
    const seen = witnesses.get(session) ?? { hooks_at_ms: null, telemetry_at_ms: null };
    witnesses.set(session, { ...seen, [by === 'hook' ? 'hooks_at_ms' : 'telemetry_at_ms']: nowMs });
  }
  const rows = [...witnesses].map(([session, seen]) => ({
    ...{ person, session, first_at_ms: nowMs, last_at_ms: nowMs, ...seen },
    ...{ seen: '[]', gap_since_ms: null, gap_told: 0, device: null, client: null },
  }));
  for (const some of chunks(rows)) {
    await kyselyOf(tx)
      .insertInto('client_sessions')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['person', 'session']).doUpdateSet(({ ref, fn }) => ({
          last_at_ms: ref('excluded.last_at_ms'),
          hooks_at_ms: fn.coalesce('excluded.hooks_at_ms', 'client_sessions.hooks_at_ms'),
          telemetry_at_ms: fn.coalesce('excluded.telemetry_at_ms', 'client_sessions.telemetry_at_ms'),
        })),
      )
      .execute();
  }
}

/** Writes the prompts that were not known; gives those. */
export async function writePrompts(tx: Tx, rows: readonly PromptsTable[]): Promise<readonly PromptsTable[]> {
  const written: PromptsTable[] = [];
  for (const some of chunks(rows)) {
    const fresh = await kyselyOf(tx)
      .insertInto('prompts')
      .values(some)
      .onConflict((conflict) => conflict.columns(['person', 'session', 'prompt']).doNothing())
      .returningAll()
      .execute();
    written.push(...fresh);
  }
  return written;
}

/** Which numbers came already, by session. */
export async function loadSeen(tx: Tx, person: string, sessions: readonly string[]): Promise<Map<string, readonly Epoch[]>> {
  const rows = await kyselyOf(tx)
    .selectFrom('client_sessions')
    .select(['session', 'seen'])
    .where('person', '=', person)
    .where('session', 'in', sessions)
    .execute();
  return new Map(rows.map(({ session, seen }) => [session, readEpochs(seen)]));
}

/** Where a session runs, as telemetry tells it. */
export type Place = Pick<ClientSessionsTable, 'device' | 'client'>;

/** Writes them back, since when some are missing, and where each session runs. */
export async function saveSeen(
  tx: Tx,
  person: string,
  seen: ReadonlyMap<string, readonly Epoch[]>,
  { atMs, places }: { readonly atMs: number; readonly places: ReadonlyMap<string, Place> },
): Promise<void> {
  const rows = [...seen].map(([session, epochs]) => ({
    ...{ person, session, first_at_ms: atMs, last_at_ms: atMs, hooks_at_ms: null, telemetry_at_ms: atMs },
    ...{ seen: JSON.stringify(epochs), gap_told: 0, gap_since_ms: missing(epochs) > 0 ? atMs : null },
    ...(places.get(session) ?? { device: null, client: null }),
  }));
  for (const some of chunks(rows)) {
    await kyselyOf(tx)
      .insertInto('client_sessions')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['person', 'session']).doUpdateSet(({ ref, eb, fn }) => ({
          last_at_ms: ref('excluded.last_at_ms'),
          telemetry_at_ms: ref('excluded.telemetry_at_ms'),
          seen: ref('excluded.seen'),
          device: fn.coalesce('excluded.device', 'client_sessions.device'),
          client: fn.coalesce('excluded.client', 'client_sessions.client'),
          // A hole is as old as its first sight; once it is closed the next one is told anew.
          gap_since_ms: eb
            .case()
            .when('excluded.gap_since_ms', 'is', null)
            .then(null)
            .else(fn.coalesce('client_sessions.gap_since_ms', 'excluded.gap_since_ms'))
            .end(),
          gap_told: eb.case().when('excluded.gap_since_ms', 'is', null).then(0).else(ref('client_sessions.gap_told')).end(),
        })),
      )
      .execute();
  }
}

/** Merges what is told of tool uses: what was known stays, what was not is filled in. One row each. */
export async function mergeReported(tx: Tx, rows: readonly ReportedTable[]): Promise<void> {
  for (const some of chunks(rows)) {
    await kyselyOf(tx)
      .insertInto('reported')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['person', 'tool_use']).doUpdateSet(({ fn }) => {
          const either = <C extends keyof ReportedTable & string>(column: C) => fn.coalesce(`reported.${column}`, `excluded.${column}`);
          return {
            request: either('request'),
            agent: either('agent'),
            prompt: either('prompt'),
            skill: either('skill'),
            plugin: either('plugin'),
            connector: either('connector'),
            tool: either('tool'),
            succeeded: either('succeeded'),
          };
        }),
      )
      .execute();
  }
}

/** Writes requests to models; gives those that were not known. */
export async function writeRequests(tx: Tx, rows: readonly ModelRequestsTable[]): Promise<readonly ModelRequestsTable[]> {
  const written: ModelRequestsTable[] = [];
  for (const some of chunks(rows)) {
    const fresh = await kyselyOf(tx)
      .insertInto('model_requests')
      .values(some)
      .onConflict((conflict) => conflict.columns(['person', 'session', 'request']).doNothing())
      .returningAll()
      .execute();
    written.push(...fresh);
  }
  return written;
}

/** Adds to what agents spent. The agents are known. */
export async function addSpend(tx: Tx, rows: readonly ModelRequestsTable[]): Promise<void> {
  const sums = new Map<string, ModelRequestsTable & { requests: number }>();
  for (const row of rows) {
    const key = `${row.session}\n${row.agent}`;
    const sum = sums.get(key);
    if (!sum) sums.set(key, { ...row, requests: 1 });
    else {
      sum.micro_usd += row.micro_usd;
      sum.tokens += row.tokens;
      sum.requests++;
    }
  }
  const unsaid = { type: null, hook_started: 0, parent_hook: null, parent_told: 0, parent_telemetry: null, ended_at_ms: null };
  const agents = [...sums.values()].map(({ person, session, agent, model, at_ms, micro_usd, tokens, requests }) => {
    return { person, session, agent, model, ...unsaid, started_at_ms: at_ms, micro_usd, tokens, requests };
  });
  for (const some of chunks(agents)) {
    await kyselyOf(tx)
      .insertInto('agents')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['person', 'session', 'agent']).doUpdateSet(({ ref, eb }) => ({
          micro_usd: eb('agents.micro_usd', '+', ref('excluded.micro_usd')),
          tokens: eb('agents.tokens', '+', ref('excluded.tokens')),
          requests: eb('agents.requests', '+', ref('excluded.requests')),
        })),
      )
      .execute();
  }
}

/** Few enough for one statement. */
export function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) yield rows.slice(at, at + rowsAtOnce);
}
