import { randomBytes } from 'node:crypto';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { databases, type FreshDatabase } from '../../../../../test/support/databases.ts';
import { RecordUnavailable } from '../../kernel/errors.ts';
import { appendLeaves, decodePeaks, emptyTree, leafHash, rootOf } from '../../kernel/merkle.ts';
import { kyselyOf } from '../../storage/tx.ts';
import { type OpenRecorder, openRecorder } from './effect.ts';
import { openPayloads } from './payload-read.ts';
import { sqliteAppender } from './sqlite-store.ts';
import { threadedAppender } from './sqlite-thread.ts';

const keys = { master: randomBytes(32), names: randomBytes(32) };
const entry = (call: string): EntryFields => ({ timestamp: '2026-06-06T14:22:08.114Z', kind: 'requested', call });
const waits = { lockWaitMs: 10_000, stepTimeoutMs: 1_000 };
const impatient = { ...waits, lockWaitMs: 60 };

let one: FreshDatabase;
let recorder: OpenRecorder;

beforeEach(async () => {
  one = await (databases[0] as (typeof databases)[number]).fresh();
  recorder = openRecorder({ database: one.database, keys, waits, thread: true });
});

afterEach(async () => {
  await recorder.close();
  await one.drop();
});

function embedded() {
  if (one.database.kind !== 'sqlite') throw new Error('not SQLite');
  return one.database;
}

test('commits with and without steps make one tree, each seen by those after it', async () => {
  const stop = () =>
    recorder.commit({
      entries: [entry('stop')],
      steps: async (tx) => {
        await kyselyOf(tx)
          .updateTable('latch')
          .set((eb) => ({ generation: eb('generation', '+', 1) }))
          .execute();
        return { ok: true };
      },
    });
  const committed = [];
  for (let round = 0; round < 20; round++) {
    expect((await recorder.commit({ entries: [entry('a'), entry('b')], latch: round })).status).toBe('committed');
    expect((await stop()).status).toBe('committed');
    committed.push(recorder.commit({ entries: [entry('late')], latch: round }));
  }
  for (const late of committed) expect(await late).toEqual({ status: 'latch_moved' });
  const rows = await one.database.read.selectFrom('ledger').selectAll().orderBy('entry').execute();
  expect(rows.map((row) => row.entry)).toEqual(Array.from({ length: 60 }, (_, at) => at));
  const tree = await one.database.read.selectFrom('tree').selectAll().executeTakeFirstOrThrow();
  const expected = appendLeaves(
    emptyTree(),
    rows.map((row) => leafHash(row.bytes)),
  );
  expect(Buffer.from(rootOf(decodePeaks(tree.size, tree.peaks)))).toEqual(Buffer.from(rootOf(expected)));
});

test('payloads, keys and names arrive as they were sealed', async () => {
  const sealed = Array.from({ length: 30 }, (_, at) => recorder.seal(`R-${at % 3}`, { at, text: 'é\u2028'.repeat(at) }));
  const entries = sealed.map(({ digest }, at): EntryFields => ({ ...entry(`C${at}`), arguments: digest, on_behalf_of: `p${at % 4}` }));
  await Promise.all(sealed.map((payload, at) => recorder.commit({ entries: [entries[at] as EntryFields], sealed: [payload] })));
  const payloads = openPayloads({ database: one.database, master: keys.master });
  for (const [at, { digest }] of sealed.entries()) expect(await payloads.unseal(digest)).toEqual({ at, text: 'é\u2028'.repeat(at) });
  const names = await one.database.read.selectFrom('names').select('name').orderBy('name').execute();
  expect(names.map(({ name }) => name)).toEqual(['p0', 'p1', 'p2', 'p3']);
});

test('a failure keeps the words and codes of the database: refused while it is locked, and on again after', async () => {
  await recorder.close();
  recorder = openRecorder({ database: one.database, keys, waits: impatient, thread: true });
  const { connection: other } = embedded().connect();
  other.exec('BEGIN IMMEDIATE');
  const refused = await recorder.commit({ entries: [entry('C1')] }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RecordUnavailable);
  expect(refused).toMatchObject({ message: 'The record cannot be written: database is locked' });
  other.exec('COMMIT');
  other.close();
  expect(await recorder.commit({ entries: [entry('C1')] })).toEqual({ status: 'committed', first: 0 });
});

test('one commit that the database does not take fails alone', async () => {
  const twice = recorder.seal('R-1', { a: 1 });
  await recorder.commit({ entries: [entry('C0')], sealed: [twice] });
  const results = await Promise.allSettled([
    recorder.commit({ entries: [entry('C1')] }),
    recorder.commit({ entries: [entry('C2')], sealed: [twice] }),
    recorder.commit({ entries: [entry('C3')] }),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a thread that was given up is followed by another', async () => {
  const local = sqliteAppender(embedded().connect, waits);
  const appender = threadedAppender(local, embedded().file, waits);
  const group = [{ lines: [], names: [], sealed: [recorder.seal('R-1', 1)], seen: [], latch: undefined, steps: undefined }];
  expect(await appender.append(group, false)).toEqual([{ status: 'committed', first: 0 }]);
  const given = appender
    .append([{ ...group[0], sealed: [recorder.seal('R-1', 2)] } as (typeof group)[number]], false)
    .catch(() => 'given up');
  await appender.reset();
  await given;
  expect(await appender.append([{ ...group[0], sealed: [recorder.seal('R-1', 3)] } as (typeof group)[number]], false)).toEqual([
    { status: 'committed', first: 0 },
  ]);
  await appender.close();
});

test('one commit alone is made here while the disk is quick; many, or one behind another, go to the thread', async () => {
  const appender = threadedAppender(sqliteAppender(embedded().connect, waits), embedded().file, waits);
  const one = { lines: [], names: [], sealed: [recorder.seal('R-1', 1)], seen: [], latch: undefined, steps: undefined };
  expect([appender.alone([one], true), appender.alone([one], false), appender.alone([one, one], true)]).toEqual([true, false, false]);
  const { connection: other } = embedded().connect();
  other.exec('BEGIN IMMEDIATE');
  const waited = appender.append([one], true);
  // It tries again until the lock is free, which takes it past what counts as quick.
  await new Promise((resolve) => setTimeout(resolve, 50));
  other.exec('COMMIT');
  other.close();
  expect(await waited).toEqual([{ status: 'committed', first: 0 }]);
  expect(appender.alone([one], true)).toBe(false);
  await appender.close();
});

test('where many commit together, one alone goes to the thread too', async () => {
  const appender = threadedAppender(sqliteAppender(embedded().connect, waits), embedded().file, waits);
  const one = () => ({
    lines: [],
    names: [],
    sealed: [recorder.seal('R-1', 1)],
    seen: [],
    latch: undefined,
    steps: undefined,
  });
  expect(appender.alone([one()], true)).toBe(true);
  await appender.append([one(), one()], false);
  const seen: boolean[] = [];
  for (let at = 0; at < 4; at++) {
    seen.push(appender.alone([one()], true));
    await appender.append([one()], false);
  }
  expect(seen).toEqual([false, false, false, false]);
  await appender.close();
});
