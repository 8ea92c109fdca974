import type { Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import type { ModelRequestsTable, ReportedTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';
import type { ToolUse } from './calls-store.ts';

type SettleDatabase = Pick<Database, 'read'>;

/** Tool uses that wait to be joined and were told of some time ago, the oldest first. */
export async function waitingBefore(database: SettleDatabase, atMs: number, max: number): Promise<readonly ReportedTable[]> {
  return await database.read
    .selectFrom('reported')
    .selectAll()
    .where('state', '=', 'waiting')
    .where('at_ms', '<=', atMs)
    .orderBy('at_ms')
    .limit(max)
    .execute();
}

/** What belongs to them: calls, requests to models, prompts, and which requests are told of already. All of one person. */
export async function belongings(database: SettleDatabase, person: string, rows: readonly ReportedTable[]) {
  const { read } = database;
  const uses = rows.map((row) => row.tool_use);
  const requests = [...new Set(rows.flatMap(({ request }) => request ?? []))];
  const prompts = [...new Set(rows.flatMap(({ prompt }) => prompt ?? []))];
  const sessions = [...new Set(rows.map(({ session }) => session))];
  const none = Promise.resolve([]);
  const [calls, models, texts, told] = await Promise.all([
    read.selectFrom('tool_uses').selectAll().where('person', '=', person).where('tool_use', 'in', uses).execute(),
    requests.length === 0
      ? none
      : read
          .selectFrom('model_requests')
          .selectAll()
          .where('person', '=', person)
          .where('session', 'in', sessions)
          .where('request', 'in', requests)
          .execute(),
    prompts.length === 0
      ? none
      : read
          .selectFrom('prompts')
          .selectAll()
          .where('person', '=', person)
          .where('session', 'in', sessions)
          .where('prompt', 'in', prompts)
          .execute(),
    requests.length === 0
      ? none
      : read
          .selectFrom('reported')
          .select(['session', 'request'])
          .where('person', '=', person)
          .where('request', 'in', requests)
          .where('state', '=', 'joined')
          .execute(),
  ]);
  return {
    calls: new Map(calls.map((use): [string, ToolUse] => [use.tool_use, use])),
    models: new Map(models.map((one): [string, ModelRequestsTable] => [`${one.session}\n${one.request}`, one])),
    prompts: new Map(texts.map((one) => [`${one.session}\n${one.prompt}`, one.digest])),
    told: new Set(told.map(({ session, request }) => `${session}\n${request}`)),
  };
}

/** Ends their waiting; false when another process was first with any of them. */
export async function endWaiting(
  tx: Tx,
  person: string,
  ends: Readonly<Partial<Record<ReportedTable['state'], readonly string[]>>>,
): Promise<boolean> {
  for (const state of ['joined', 'bypass', 'none'] as const) {
    const uses = ends[state] ?? [];
    if (uses.length === 0) continue;
    const { numUpdatedRows } = await kyselyOf(tx)
      .updateTable('reported')
      .set({ state })
      .where('person', '=', person)
      .where('tool_use', 'in', uses)
      .where('state', '=', 'waiting')
      .executeTakeFirst();
    if (Number(numUpdatedRows) !== uses.length) return false;
  }
  return true;
}

/** Sessions in which numbers have been missing for so long, and nobody was told; they count as told now. */
export async function takeGaps(tx: Tx, sinceMs: number, max: number) {
  const db = kyselyOf(tx);
  const open = await db
    .selectFrom('client_sessions')
    .selectAll()
    .where('gap_told', '=', 0)
    .where('gap_since_ms', '<=', sinceMs)
    .limit(max)
    .execute();
  if (open.length > 0) {
    await db
      .updateTable('client_sessions')
      .set({ gap_told: 1 })
      .where('gap_told', '=', 0)
      .where('gap_since_ms', '<=', sinceMs)
      .where(
        'session',
        'in',
        open.map(({ session }) => session),
      )
      .execute();
  }
  return open;
}

/** Whether any session has such a gap, before a transaction is opened for it. */
export async function hasGaps(database: SettleDatabase, sinceMs: number): Promise<boolean> {
  const found = await database.read
    .selectFrom('client_sessions')
    .select('session')
    .where('gap_told', '=', 0)
    .where('gap_since_ms', '<=', sinceMs)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** People whose telemetry came within `sourceMs` and then no more, although their calls went on for `silentMs`. */
export async function silentSources(
  database: SettleDatabase,
  nowMs: number,
  { sourceMs, silentMs }: { readonly sourceMs: number; readonly silentMs: number },
) {
  const last = await database.read
    // By time first: there are many persons and sessions of long ago.
    .with(
      (recent) => recent('recent').materialized(),
      (db) =>
        db
          .selectFrom('client_sessions')
          .select(['person', 'telemetry_at_ms'])
          .where('telemetry_at_ms', '>=', nowMs - sourceMs),
    )
    .selectFrom('recent')
    .select(({ fn }) => ['person', fn.max('telemetry_at_ms').as('told')])
    .groupBy('person')
    .having(({ fn }) => fn.max('telemetry_at_ms'), '<=', nowMs - silentMs)
    .limit(1_000)
    .execute();
  if (last.length === 0) return [];
  const called = await database.read
    .selectFrom('runs')
    .select(({ fn }) => ['person', fn.max('last_at_ms').as('called')])
    .where(
      'person',
      'in',
      last.map(({ person }) => person),
    )
    .where('last_at_ms', '>=', nowMs - sourceMs)
    .groupBy('person')
    .execute();
  const calledAt = new Map(called.map((row) => [row.person, Number(row.called)]));
  return last.flatMap(({ person, told }) => {
    const [toldAtMs, calledAtMs] = [Number(told), calledAt.get(person) ?? 0];
    return calledAtMs >= toldAtMs + silentMs ? [{ person, toldAtMs, calledAtMs }] : [];
  });
}

/** Forgets what can be joined no more, and agents of long ago. */
export async function forgetBefore(
  tx: Tx,
  { joinsMs, sessionsMs }: { readonly joinsMs: number; readonly sessionsMs: number },
): Promise<void> {
  const db = kyselyOf(tx);
  for (const table of ['tool_uses', 'reported', 'model_requests', 'launches', 'prompts'] as const)
    await db.deleteFrom(table).where('at_ms', '<', joinsMs).execute();
  await db.deleteFrom('agents').where('started_at_ms', '<', sessionsMs).execute();
  await db.deleteFrom('client_sessions').where('last_at_ms', '<', sessionsMs).execute();
}
