import { decodePeaks, encodePeaks } from '../../kernel/merkle.ts';
import type { StepResult, Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import { txOf } from '../../storage/tx.ts';
import { appendGroup, type Batch, type Session } from './group.ts';
import type { Appender, AppenderWaits } from './queue.ts';
import { stepIn } from './step.ts';

const busy = 5;
const constraint = 19;
const tooBig = 18;
/** Another process holds its transaction for about as long as the disk takes: waiting longer between tries only loses turns. */
const lockPauseMsMax = 3;

type Writer = ReturnType<Extract<Database, { readonly kind: 'sqlite' }>['connect']>;

/** Appends to the embedded store: raw prepared statements, one transaction a group. */
export function sqliteAppender(connect: () => Writer, waits: AppenderWaits, wake: () => void = () => {}): Appender {
  let writer: Writer | undefined;
  const reset = async () => {
    const old = writer;
    writer = undefined;
    try {
      old?.connection.close();
    } catch {
      // It is gone already; the next append opens another.
    }
  };
  return {
    append: async (group) => {
      writer ??= connect();
      return await appendGroup({ ...session(writer, waits), wake }, group);
    },
    alone: () => true,
    blamesData: (error) => [constraint, tooBig].includes(codeOf(error)),
    isDatabaseError: (error) => codeOf(error) > 0,
    reset,
    close: reset,
  };
}

/** SQLite's primary result code; 0 for what is no error of SQLite. */
function codeOf(error: unknown): number {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode & 0xff : 0;
}

function session({ connection: db, statement, steps: kysely }: Writer, { lockWaitMs, stepTimeoutMs }: AppenderWaits): Session {
  const generation = () => statement('SELECT generation FROM latch WHERE id = 1').get()?.['generation'] as number;
  const exec = async (sql: string) => db.exec(sql);
  return {
    begin: async () => {
      await beginImmediate(statement, lockWaitMs);
      const tree = statement('SELECT size, peaks FROM tree WHERE id = 1').get();
      if (!tree) throw new Error('the tree has no head');
      return { head: decodePeaks(tree['size'] as number, tree['peaks'] as Uint8Array), generation: generation() };
    },
    generation: async () => generation(),
    step: <T extends StepResult>(steps: (tx: Tx) => Promise<T>) =>
      stepIn({
        steps,
        timeoutMs: stepTimeoutMs,
        exec,
        tx: (live) => txOf(kysely(live)),
        lost: () => !db.isTransaction,
      }),
    write: async (batch) => write(statement, batch),
    commit: async () => void statement('COMMIT').run(),
    rollback: async () => {
      if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
    },
  };
}

/** Waits for another process's transaction without holding this process's event loop. */
async function beginImmediate(statement: Writer['statement'], lockWaitMs: number): Promise<void> {
  const until = performance.now() + lockWaitMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, lockPauseMsMax)) {
    try {
      statement('BEGIN IMMEDIATE').run();
      return;
    } catch (error) {
      if (codeOf(error) !== busy || performance.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function write(statement: Writer['statement'], { rows, names, sealed, seen, head, stepped }: Batch): void {
  const ledger = statement(
    'INSERT INTO ledger (entry, at_ms, kind, call, plugin, connector, verdict, tool, reach, bytes, leaf) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  for (const { entry, line, bytes, leaf } of rows)
    ledger.run(entry, line.atMs, line.kind, line.call, line.plugin, line.connector, line.verdict, line.tool, line.reach, bytes, leaf);
  const name = statement('INSERT INTO names (pseudonym, kind, name, salt) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
  for (const row of names) name.run(row.pseudonym, row.kind, row.name, row.salt);
  const key = statement('INSERT INTO vault_keys (id, run, wrapped) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const vault = statement('INSERT INTO vault (digest, key_id, iv, bytes) VALUES (?, ?, ?, ?)');
  for (const { digest, keyId, iv, bytes, newKey } of sealed) {
    if (newKey) key.run(newKey.id, newKey.run, newKey.wrapped);
    vault.run(digest, keyId, iv, bytes);
  }
  const words = statement(
    'INSERT INTO seen_values (id, person, at_ms, origin, source, sensitive, words, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  for (const row of seen) words.run(row.id, row.person, row.atMs, row.origin, row.source, row.sensitive ? 1 : 0, row.words, head.size);
  if (rows.length > 0) statement('UPDATE tree SET size = ?, peaks = ? WHERE id = 1').run(head.size, encodePeaks(head));
  if (stepped) statement('UPDATE latch SET changes = changes + 1 WHERE id = 1').run();
}
