import { randomBytes } from 'node:crypto';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { databases, type FreshDatabase } from '../../../../../test/support/databases.ts';
import { RecordUnavailable } from '../../kernel/errors.ts';
import { appendLeaves, decodePeaks, emptyTree, rootOf } from '../../kernel/merkle.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { kyselyOf } from '../../storage/tx.ts';
import { type OpenRecorder, openRecorder } from './effect.ts';

const keys = { master: randomBytes(32), names: randomBytes(32) };
const entry = (call: string): EntryFields => ({ timestamp: '2026-06-06T14:22:08.114Z', kind: 'requested', call });
const many = (recorder: Recorder, count: number) =>
  Promise.allSettled(Array.from({ length: count }, (_, i) => recorder.commit({ entries: [entry(`C${i}`)] })));

/** Every acknowledged commit is there, nothing else is, and the tree is that of the rows. */
async function consistent(one: FreshDatabase, acknowledged: number): Promise<void> {
  const rows = await one.database.read.selectFrom('ledger').select(['entry', 'leaf']).orderBy('entry').execute();
  expect(rows.map((row) => row.entry)).toEqual(Array.from({ length: acknowledged }, (_, i) => i));
  const tree = await one.database.read.selectFrom('tree').selectAll().executeTakeFirstOrThrow();
  expect(tree.size).toBe(acknowledged);
  const leaves = rows.map((row) => row.leaf);
  expect(Buffer.from(rootOf(decodePeaks(tree.size, tree.peaks)))).toEqual(Buffer.from(rootOf(appendLeaves(emptyTree(), leaves))));
}

const [sqlite, postgres] = databases;
if (!sqlite || !postgres) throw new Error('both databases are tested');

describe('an embedded record', () => {
  let one: FreshDatabase;
  let recorder: OpenRecorder;
  beforeEach(async () => {
    one = await sqlite.fresh();
  });
  afterEach(async () => {
    await recorder.close();
    await one.drop();
  });

  it('refuses while another process holds the database, and goes on when it lets go', async () => {
    const { database } = one;
    if (database.kind !== 'sqlite') throw new Error('not SQLite');
    recorder = openRecorder({ database, keys, waits: { lockWaitMs: 60 } });
    const { connection: other } = database.connect();
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const ticking = setInterval(() => turns++, 5);
    const refused = await many(recorder, 20);
    clearInterval(ticking);
    expect(turns, 'waiting held the process').toBeGreaterThan(2);
    for (const result of refused) expect(result).toMatchObject({ reason: expect.any(RecordUnavailable) });
    expect(refused[0]).toMatchObject({ reason: { message: 'The record cannot be written: database is locked' } });
    other.exec('COMMIT');
    other.close();
    expect(await recorder.commit({ entries: [entry('C1')] })).toEqual({ status: 'committed', first: 0 });
    await consistent(one, 1);
  });

  it('waits for another process that is only passing through', async () => {
    const { database } = one;
    if (database.kind !== 'sqlite') throw new Error('not SQLite');
    recorder = openRecorder({ database, keys });
    const { connection: other } = database.connect();
    other.exec('BEGIN IMMEDIATE');
    const committing = recorder.commit({ entries: [entry('C1')] });
    setTimeout(() => other.exec('COMMIT'), 30);
    expect(await committing).toEqual({ status: 'committed', first: 0 });
    other.close();
  });

  it('refuses when the disk is full, in entries and in steps, keeps what it has, and goes on when there is room', async () => {
    const { database } = one;
    if (database.kind !== 'sqlite') throw new Error('not SQLite');
    let full = true;
    const connect = () => {
      const writer = database.connect();
      // SQLite answers as on a full disk (SQLITE_FULL) past so many pages.
      const { page_count } = writer.connection.prepare('PRAGMA page_count').get() as { page_count: number };
      if (full) writer.connection.exec(`PRAGMA max_page_count = ${page_count + 40}`);
      return writer;
    };
    recorder = openRecorder({ database: { ...database, connect }, keys });
    let acknowledged = 0;
    for (let failed = 0; failed === 0; ) {
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) => recorder.commit({ entries: [{ ...entry(`C${i}`), detail: 'x'.repeat(900) }] })),
      );
      acknowledged += results.filter((result) => result.status === 'fulfilled').length;
      failed = results.filter((result) => result.status === 'rejected').length;
      for (const result of results)
        if (result.status === 'rejected') expect(String(result.reason)).toContain('The record cannot be written: database or disk is full');
    }
    expect(acknowledged).toBeGreaterThan(0);
    await consistent(one, acknowledged);
    const step = recorder.commit({
      entries: [entry('C1')],
      steps: async (tx) => {
        await kyselyOf(tx)
          .insertInto('policies')
          .values({ digest: 'd', files: 'x'.repeat(1_000_000), state: 'proposed', created_at_ms: 1, by: 'ana', note: '' })
          .execute();
        return { ok: true };
      },
    });
    await expect(step).rejects.toThrow('database or disk is full');
    await consistent(one, acknowledged);
    full = false;
    const after = await many(recorder, 50);
    expect(after.every((result) => result.status === 'fulfilled')).toBe(true);
    await consistent(one, acknowledged + 50);
  });
});

describe('a shared record', () => {
  let one: FreshDatabase;
  let recorder: OpenRecorder;
  let admin: pg.Client;
  const name = () => (one.address.kind === 'postgres' ? new URL(one.address.url).pathname.slice(1) : '');
  /** Ends the recorder's connection from outside. */
  const cut = () =>
    admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()`, [name()]);

  beforeEach(async () => {
    one = await postgres.fresh();
    admin = new pg.Client({ connectionString: inject('postgresUrl') });
    await admin.connect();
  });
  afterEach(async () => {
    await recorder.close();
    await admin.end();
    await one.drop();
  });

  it('refuses while the database is away, and goes on when it is back', async () => {
    recorder = openRecorder({ database: one.database, keys });
    expect((await many(recorder, 5)).every((result) => result.status === 'fulfilled')).toBe(true);
    await admin.query(`ALTER DATABASE ${name()} WITH ALLOW_CONNECTIONS false`);
    await cut();
    for (const result of await many(recorder, 20)) expect(result).toMatchObject({ reason: expect.any(RecordUnavailable) });
    await admin.query(`ALTER DATABASE ${name()} WITH ALLOW_CONNECTIONS true`);
    expect((await many(recorder, 5)).every((result) => result.status === 'fulfilled')).toBe(true);
    await consistent(one, 10);
  });

  it('loses no acknowledged entry when its connection breaks under load', async () => {
    recorder = openRecorder({ database: one.database, keys, limits: { groupCommitsMax: 5 } });
    const calls = new Set<string>();
    let refused = 0;
    let sent = 0;
    const write = async () => {
      while (sent < 600) {
        const call = `C${sent++}`;
        if (sent % 150 === 0) await cut();
        await recorder.commit({ entries: [entry(call)] }).then(
          () => calls.add(call),
          () => refused++,
        );
      }
    };
    await Promise.all(Array.from({ length: 20 }, write));
    expect(refused).toBeGreaterThan(0);
    expect(calls.size).toBeGreaterThan(0);
    const rows = await one.database.read.selectFrom('ledger').select('call').execute();
    const found = new Set(rows.map((row) => row.call));
    expect([...calls].filter((call) => !found.has(call))).toEqual([]);
    // A commit whose answer was lost may be there; what is there is whole.
    await consistent(one, rows.length);
  });

  it('refuses while another session holds the tree, and when the database does not answer in time', async () => {
    recorder = openRecorder({ database: one.database, keys, waits: { lockWaitMs: 60 }, limits: { appendTimeoutMs: 400 } });
    const { database } = one;
    if (database.kind !== 'postgres') throw new Error('not PostgreSQL');
    const { client: other } = await database.connect();
    await other.query('BEGIN; SELECT * FROM tree FOR UPDATE');
    for (const result of await many(recorder, 5))
      expect(result).toMatchObject({ reason: { message: 'The record cannot be written: canceling statement due to lock timeout' } });
    await other.query('ROLLBACK');
    const slow = recorder.commit({
      entries: [entry('C1')],
      steps: async (tx) => {
        await kyselyOf(tx)
          .selectNoFrom((eb) => eb.fn('pg_sleep', [eb.val(3)]).as('slept'))
          .execute();
        return { ok: true };
      },
    });
    await expect(slow).rejects.toThrow('the database did not answer within 400 ms');
    // The server still holds the tree for the abandoned statement until that ends; then the recorder goes on by itself.
    const again = () =>
      recorder.commit({ entries: [entry('C2')] }).then(
        (committed) => committed.status,
        () => 'refused',
      );
    await expect.poll(again, { timeout: 10_000 }).toBe('committed');
    await other.end();
    await consistent(one, 1);
  });
});
