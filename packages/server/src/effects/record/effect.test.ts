import { randomBytes } from 'node:crypto';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import canonicalize from 'canonicalize';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type FreshDatabase } from '../../../../../test/support/databases.ts';
import { RecordUnavailable } from '../../kernel/errors.ts';
import { appendLeaves, decodePeaks, emptyTree, leafHash, rootOf } from '../../kernel/merkle.ts';
import { kyselyOf } from '../../storage/tx.ts';
import { type OpenRecorder, openRecorder } from './effect.ts';
import { openPayloads } from './payload-read.ts';

const keys = { master: randomBytes(32), names: randomBytes(32) };
const entry = (fields: Partial<EntryFields> = {}): EntryFields => ({
  timestamp: '2026-06-06T14:22:08.114Z',
  kind: 'requested',
  call: 'C1',
  ...fields,
});

const [embedded] = databases;
if (!embedded) throw new Error('the embedded store is tested');
const writers = [
  ...databases.map((one) => ({ ...one, thread: false })),
  { ...embedded, name: 'sqlite, written on a thread', thread: true },
];

describe.each(writers)('the recorder on $name', ({ fresh, thread }) => {
  let one: FreshDatabase;
  let recorder: OpenRecorder;
  const ledger = () => one.database.read.selectFrom('ledger').selectAll().orderBy('entry').execute();
  const latch = () => one.database.read.selectFrom('latch').selectAll().executeTakeFirstOrThrow();
  /** Engages a stop, as far as the latch is concerned. */
  const moveLatch = () =>
    recorder.commit({
      entries: [entry({ kind: 'admin' })],
      steps: async (tx) => {
        await kyselyOf(tx)
          .updateTable('latch')
          .set((eb) => ({ generation: eb('generation', '+', 1) }))
          .execute();
        return { ok: true };
      },
    });

  beforeEach(async () => {
    one = await fresh();
    recorder = openRecorder({ database: one.database, keys, thread });
  });
  afterEach(async () => {
    await recorder.close();
    await one.drop();
  });

  it('numbers entries by their place in the tree and keeps their canonical bytes', async () => {
    const fields = entry({
      verdict: 'allow',
      plugin: 'sales@2.1',
      connector: 'crm',
      assurance: { plugin: 'claimed', actor: 'joined' },
      reach: null,
      amount: { micro_units: 5, currency: 'EUR' },
    });
    const commits = await Promise.all([
      recorder.commit({ entries: [entry(), fields] }),
      recorder.commit({ entries: [entry({ call: 'C2' })] }),
    ]);
    expect(commits).toEqual([
      { status: 'committed', first: 0 },
      { status: 'committed', first: 2 },
    ]);
    const rows = await ledger();
    expect(rows.map((row) => [row.entry, row.call, row.verdict, row.connector])).toEqual([
      [0, 'C1', null, null],
      [1, 'C1', 'allow', 'crm'],
      [2, 'C2', null, null],
    ]);
    expect(rows[1]?.bytes).toBe(canonicalize({ ...fields, entry: 1 }));
    expect(rows[1]?.at_ms).toBe(Date.parse('2026-06-06T14:22:08.114Z'));
    for (const row of rows) expect(Buffer.from(row.leaf)).toEqual(Buffer.from(leafHash(row.bytes)));
    const tree = await one.database.read.selectFrom('tree').selectAll().executeTakeFirstOrThrow();
    const expected = appendLeaves(
      emptyTree(),
      rows.map((row) => row.leaf),
    );
    expect(Buffer.from(rootOf(decodePeaks(tree.size, tree.peaks)))).toEqual(Buffer.from(rootOf(expected)));
  });

  it('keeps people and sources out of the ledger, and resolves them from the table of names', async () => {
    await recorder.commit({
      entries: [
        entry({
          on_behalf_of: 'ana@corp',
          approval: 'human:ben@corp,ana@corp',
          data_sources: ['crm:account/4821'],
          subject: 'person:ben@corp',
        }),
      ],
    });
    const [row] = await ledger();
    expect(row?.bytes).not.toMatch(/ana|ben|4821/);
    const stored = JSON.parse(row?.bytes ?? '{}') as EntryFields;
    const names = new Map((await one.database.read.selectFrom('names').selectAll().execute()).map((name) => [name.pseudonym, name.name]));
    expect(stored.on_behalf_of).toMatch(/^P-[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(names.get(stored.on_behalf_of ?? '')).toBe('ana@corp');
    expect(
      stored.approval
        ?.slice('human:'.length)
        .split(',')
        .map((id) => names.get(id)),
    ).toEqual(['ben@corp', 'ana@corp']);
    expect(names.get(stored.data_sources?.[0] ?? '')).toBe('crm:account/4821');
    expect(names.get(stored.subject?.slice('person:'.length) ?? '')).toBe('ben@corp');
  });

  it('gives a person the same pseudonym on another node and after a restart', async () => {
    await recorder.commit({ entries: [entry({ on_behalf_of: 'ana@corp' })] });
    const other = openRecorder({ database: one.database, keys });
    await other.commit({ entries: [entry({ on_behalf_of: 'ana@corp' })] });
    await other.close();
    const people = (await ledger()).map((row) => (JSON.parse(row.bytes) as EntryFields).on_behalf_of);
    expect(people[0]).toBe(people[1]);
    expect(await one.database.read.selectFrom('names').selectAll().execute()).toHaveLength(1);
    expect(recorder.pseudonym('person', 'ana@corp')).toBe(people[0]);
  });

  it('writes nothing of a commit that was decided before a stop, and the rest of its group', async () => {
    await moveLatch();
    const before = (await ledger()).length;
    const sealed = recorder.seal('R1', { secret: true });
    const [stale, current] = await Promise.all([
      recorder.commit({ entries: [entry({ on_behalf_of: 'stale@corp' })], latch: 0, sealed: [sealed] }),
      recorder.commit({ entries: [entry()], latch: 1 }),
    ]);
    expect([stale, current]).toEqual([{ status: 'latch_moved' }, { status: 'committed', first: before }]);
    expect(await one.database.read.selectFrom('vault').selectAll().execute()).toEqual([]);
    expect(await one.database.read.selectFrom('names').selectAll().execute()).toEqual([]);
  });

  it('lets no decision of the same group past a stop in it', async () => {
    const results = await Promise.all([
      recorder.commit({ entries: [entry()], latch: 0 }),
      moveLatch(),
      recorder.commit({ entries: [entry()], latch: 0 }),
    ]);
    expect(results.map((result) => result.status)).toEqual(['committed', 'committed', 'latch_moved']);
  });

  it('runs steps in the transaction and adds their entries after the commit’s own', async () => {
    const committed = await recorder.commit({
      entries: [entry({ kind: 'requested' })],
      steps: async (tx) => {
        await kyselyOf(tx)
          .insertInto('runs')
          .values({ id: 'R-1', person: 'ana', plugin: 'p', version: '1', profile: null, session: null, started_at_ms: 1 })
          .execute();
        return { ok: true, entries: [entry({ kind: 'decided', on_behalf_of: 'ana' })] };
      },
    });
    expect(committed).toEqual({ status: 'committed', first: 0 });
    expect((await ledger()).map((row) => row.kind)).toEqual(['requested', 'decided']);
    expect(await one.database.read.selectFrom('runs').selectAll().execute()).toHaveLength(1);
    expect(await one.database.read.selectFrom('names').selectAll().execute()).toHaveLength(1);
    expect((await latch()).changes).toBe(1);
  });

  it('undoes the steps of a conflict or a throw, and spares the rest of the group', async () => {
    const insert = (id: string, then: () => never | { readonly ok: false; readonly conflict: string } | { readonly ok: true }) =>
      recorder.commit({
        entries: [entry({ call: id })],
        steps: async (tx) => {
          await kyselyOf(tx)
            .insertInto('runs')
            .values({ id, person: 'ana', plugin: 'p', version: '1', profile: null, session: null, started_at_ms: 1 })
            .execute();
          return then();
        },
      });
    const results = await Promise.allSettled([
      insert('a', () => ({ ok: true })),
      insert('b', () => ({ ok: false, conflict: 'used already' })),
      insert('c', () => {
        throw new RangeError('a mistake of ours');
      }),
      insert('a', () => ({ ok: true })),
      insert('d', () => ({ ok: true })),
    ]);
    expect(results).toMatchObject([
      { value: { status: 'committed', first: 0 } },
      { value: { status: 'conflict', conflict: 'used already' } },
      { reason: expect.any(RangeError) },
      { reason: expect.any(RecordUnavailable) },
      { value: { status: 'committed', first: 1 } },
    ]);
    const runs = await one.database.read.selectFrom('runs').select('id').orderBy('id').execute();
    expect(runs.map((run) => run.id)).toEqual(['a', 'd']);
  });

  it('refuses what a step does after it returned, or after its time', async () => {
    const impatient = openRecorder({ database: one.database, keys, waits: { stepTimeoutMs: 50 } });
    let late: Promise<unknown> = Promise.resolve();
    await recorder.commit({
      entries: [entry()],
      steps: async (tx) => {
        late = new Promise((resolve) => setTimeout(resolve, 20)).then(() => kyselyOf(tx).deleteFrom('ledger').execute());
        return { ok: true };
      },
    });
    await expect(late).rejects.toThrow('This transaction is over');
    const never = impatient.commit({ entries: [entry()], steps: () => new Promise(() => {}) });
    await expect(never).rejects.toThrow('a step took longer than 50 ms');
    expect(await impatient.commit({ entries: [entry()] })).toEqual({ status: 'committed', first: 1 });
    await impatient.close();
  });

  it('lets several recorders append to one tree', async () => {
    const others = Array.from({ length: 3 }, () => openRecorder({ database: one.database, keys }));
    const all = [recorder, ...others];
    const commits = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        all[i % 4]?.commit({ entries: [entry({ call: `C${i}` }), entry({ call: `C${i}`, kind: 'decided' })] }),
      ),
    );
    await Promise.all(others.map((other) => other.close()));
    const rows = await ledger();
    expect(rows.map((row) => row.entry)).toEqual(Array.from({ length: 400 }, (_, i) => i));
    for (const [i, committed] of commits.entries()) {
      if (committed?.status !== 'committed') throw new Error('not committed');
      expect([rows[committed.first]?.call, rows[committed.first + 1]?.call]).toEqual([`C${i}`, `C${i}`]);
    }
    const tree = await one.database.read.selectFrom('tree').selectAll().executeTakeFirstOrThrow();
    const expected = rootOf(
      appendLeaves(
        emptyTree(),
        rows.map((row) => row.leaf),
      ),
    );
    expect(Buffer.from(rootOf(decodePeaks(tree.size, tree.peaks)))).toEqual(Buffer.from(expected));
  });

  it('seals payloads that only the master key opens, under one key a run', async () => {
    const payload = { arguments: { path: 'ä\u0000"', 10: 1, 9: 2 } };
    const first = recorder.seal('R1', payload);
    const again = recorder.seal('R1', payload);
    const other = recorder.seal('R2', 'text');
    expect(again.digest).not.toBe(first.digest);
    await recorder.commit({ entries: [entry({ arguments: first.digest })], sealed: [first, again, other] });
    expect(recorder.seal('R1', null).newKey).toBeUndefined();
    const payloads = openPayloads({ database: one.database, master: keys.master });
    expect(await payloads.unseal(first.digest)).toEqual(payload);
    expect(await payloads.find(other.digest)).toMatchObject({ run: 'R2', payload: 'text' });
    expect(await payloads.find('sha256:00')).toBeUndefined();
    await expect(payloads.unseal('sha256:00')).rejects.toThrow('is not held any more');
    await expect(openPayloads({ database: one.database, master: randomBytes(32) }).unseal(first.digest)).rejects.toThrow();
    expect(await one.database.read.selectFrom('vault_keys').selectAll().execute()).toHaveLength(2);
    const { bytes } = await one.database.read
      .selectFrom('vault')
      .select('bytes')
      .where('digest', '=', other.digest)
      .executeTakeFirstOrThrow();
    expect(Buffer.from(bytes).includes('text')).toBe(false);
  });

  it('takes text that a database cannot hold, in every field', async () => {
    const nasty = 'a\u0000b\nc\ud800d"\\é😀';
    const sealed = recorder.seal(nasty, { [nasty]: nasty });
    await recorder.commit({
      entries: [entry({ call: nasty, plugin: nasty, connector: nasty, on_behalf_of: nasty, data_sources: [nasty, ''], detail: nasty })],
      sealed: [sealed],
    });
    const [row] = await ledger();
    const kept = 'a\u0000b\nc\ufffdd"\\é😀';
    expect(JSON.parse(row?.bytes ?? '{}')).toMatchObject({ detail: kept, plugin: kept });
    expect(await openPayloads({ database: one.database, master: keys.master }).unseal(sealed.digest)).toEqual({ [kept]: kept });
  });

  it('commits nothing of an empty commit', async () => {
    expect(await recorder.commit({ entries: [] })).toEqual({ status: 'committed', first: 0 });
    expect(await ledger()).toEqual([]);
  });

  it('refuses an entry with a number or a time that cannot be written, alone', async () => {
    const results = await Promise.allSettled([
      recorder.commit({ entries: [entry({ reach: Number.NaN })] }),
      recorder.commit({ entries: [entry({ timestamp: 'yesterday' })] }),
      recorder.commit({ entries: [entry()] }),
    ]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('writes the others when one commit’s values are refused by the database', async () => {
    const sealed = recorder.seal('R1', 1);
    const results = await Promise.allSettled([
      recorder.commit({ entries: [entry({ call: 'C1' })], sealed: [sealed] }),
      recorder.commit({ entries: [entry({ call: 'C2' })], sealed: [sealed] }),
      recorder.commit({ entries: [entry({ call: 'C3' })] }),
    ]);
    expect(results).toMatchObject([{ value: { first: 0 } }, { reason: expect.any(RecordUnavailable) }, { value: { first: 1 } }]);
  });

  it('refuses more than may wait, at once', async () => {
    const narrow = openRecorder({ database: one.database, keys, limits: { waitingMax: 2 } });
    const results = await Promise.allSettled(Array.from({ length: 3 }, () => narrow.commit({ entries: [entry()] })));
    expect(results).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
      { reason: { message: 'The record cannot be written: 2 commits are waiting already' } },
    ]);
    await narrow.close();
    await expect(narrow.commit({ entries: [entry()] })).rejects.toThrow('it is closed');
  });

  it('is refused while a table is gone, and goes on when it is back', async () => {
    const writer = one.database.kind === 'sqlite' ? one.database.connect().connection : (await one.database.connect()).client;
    const rename = async (from: string, to: string) =>
      void ('exec' in writer
        ? writer.exec(`ALTER TABLE ${from} RENAME TO ${to}`)
        : await writer.query(`ALTER TABLE ${from} RENAME TO ${to}`));
    await rename('vault', 'vault_away');
    const failing = await Promise.allSettled([
      recorder.commit({ entries: [entry()], sealed: [recorder.seal('R1', 1)] }),
      recorder.commit({ entries: [entry()], sealed: [recorder.seal('R1', 2)] }),
    ]);
    expect(failing).toMatchObject([{ reason: expect.any(RecordUnavailable) }, { reason: expect.any(RecordUnavailable) }]);
    await rename('vault_away', 'vault');
    expect(await recorder.commit({ entries: [entry()], sealed: [recorder.seal('R1', 3)] })).toEqual({ status: 'committed', first: 0 });
    await ('exec' in writer ? writer.close() : writer.end());
  });
});
