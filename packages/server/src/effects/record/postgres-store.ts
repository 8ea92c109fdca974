import pg from 'pg';
import { decodePeaks } from '../../kernel/merkle.ts';
import type { StepResult, Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import { txOf } from '../../storage/tx.ts';
import { appendGroup, type Session } from './group.ts';
import { appendText, appendValues, seenText, seenValues } from './postgres-rows.ts';
import type { Appender, AppenderWaits } from './queue.ts';
import { stepIn } from './step.ts';

type PostgresDatabase = Extract<Database, { readonly kind: 'postgres' }>;
type Writer = Awaited<ReturnType<PostgresDatabase['connect']>>;

/** Classes of SQLSTATE that say "these values", not "this database": data exception, constraint, limit. */
const dataClasses = new Set(['22', '23', '54']);

/** Appends to PostgreSQL: one client, one statement for all rows of a group, every commit on the disk before it counts. */
export function postgresAppender(database: PostgresDatabase, waits: AppenderWaits): Appender {
  let connecting: Promise<Writer> | undefined;
  const connect = async (): Promise<Writer> => {
    const mine = database.connect();
    connecting = mine;
    const forget = () => {
      if (connecting === mine) connecting = undefined;
    };
    mine.then(({ client }) => client.once('end', forget), forget);
    return await mine;
  };
  const reset = async () => {
    const old = connecting;
    connecting = undefined;
    // Not awaited: a connection that hangs would hang its own end, too.
    void old?.then(
      ({ client }) => {
        client.end().catch(() => {});
        (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      },
      () => {},
    );
  };
  return {
    append: async (group) => appendGroup(session(await (connecting ?? connect()), waits), group),
    alone: () => true,
    blamesData: (error) => error instanceof pg.DatabaseError && dataClasses.has(error.code?.slice(0, 2) ?? ''),
    isDatabaseError: (error) => error instanceof pg.DatabaseError,
    reset,
    close: async () => {
      const old = connecting;
      connecting = undefined;
      await old?.then(({ client }) => client.end()).catch(() => {});
    },
  };
}

const beginText = (lockWaitMs: number) => `BEGIN ISOLATION LEVEL READ COMMITTED;
  SET LOCAL lock_timeout = ${Math.round(lockWaitMs)};
  SELECT size, peaks FROM tree WHERE id = 1 FOR UPDATE;
  SELECT generation FROM latch WHERE id = 1 FOR SHARE`;

function session({ client, notify, steps: kysely }: Writer, { lockWaitMs, stepTimeoutMs }: AppenderWaits): Session {
  const begin = beginText(lockWaitMs);
  const exec = (sql: string) => client.query(sql);
  return {
    begin: async () => {
      const [, , tree, latch] = (await client.query(begin)) as unknown as readonly pg.QueryResult[];
      const head = tree?.rows[0];
      if (!head) throw new Error('the tree has no head');
      return { head: decodePeaks(head.size, head.peaks), generation: latch?.rows[0]?.generation };
    },
    generation: async () => (await client.query('SELECT generation FROM latch WHERE id = 1')).rows[0]?.generation,
    step: <T extends StepResult>(steps: (tx: Tx) => Promise<T>) =>
      stepIn({ steps, timeoutMs: stepTimeoutMs, exec, tx: (live) => txOf(kysely(live)), lost: () => false }),
    write: async (batch) => {
      await client.query({ name: 'trapkey_append', text: appendText, values: appendValues(batch) as unknown[] });
      if (batch.seen.length > 0) await client.query({ name: 'trapkey_seen', text: seenText, values: seenValues(batch) as unknown[] });
      if (!batch.stepped) return;
      await client.query('UPDATE latch SET changes = changes + 1 WHERE id = 1');
      await notify();
    },
    commit: async () => {
      const { command } = await client.query('COMMIT');
      // A transaction that an earlier error aborted "commits" as a rollback.
      if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
    },
    rollback: async () => {
      await client.query('ROLLBACK').catch(() => {});
    },
  };
}
