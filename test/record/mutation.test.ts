import fc from 'fast-check';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LedgerRow, ledgerOf } from '../../packages/server/src/effects/record/ledger-read.ts';
import type { VerifyReport } from '../../packages/server/src/effects/record/verify.ts';
import { verifyLedger } from '../../packages/server/src/effects/record/verify-ledger.ts';
import { appendLeaves, emptyTree, encodePeaks, leafHash, type TreeHead } from '../../packages/server/src/kernel/merkle.ts';
import type { DatabaseAddress } from '../../packages/server/src/storage/database.ts';
import { kyselyOverPostgres } from '../../packages/server/src/storage/dialects/postgres.ts';
import { connectSqlite, kyselyOverSqlite, statementsOf } from '../../packages/server/src/storage/dialects/sqlite.ts';
import type { Tables } from '../../packages/server/src/storage/tables.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { openTestRecord, type TestRecord, writeCalls } from './make.ts';

/** Somebody with write access to the database, whose changes are undone after each look. */
interface Intruder {
  readonly db: Kysely<Tables>;
  readonly sql: (text: string) => Promise<unknown>;
  readonly end: () => Promise<unknown>;
}

async function intrude(address: DatabaseAddress): Promise<Intruder> {
  if (address.kind === 'sqlite') {
    const connection = connectSqlite(address.file, { lockWaitMs: 1_000, write: true });
    const end = async () => connection.close();
    return { db: kyselyOverSqlite(statementsOf(connection)), sql: async (text) => connection.exec(text), end };
  }
  const client = new pg.Client({ connectionString: address.url });
  await client.connect();
  return { db: kyselyOverPostgres(client), sql: (text) => client.query(text), end: () => client.end() };
}

const entries = 120;
const keptElsewhere = 60;

/** Entries that a finding has to name exactly, or an entry that lies in what a finding names. */
interface Place {
  readonly exact?: readonly number[];
  readonly within?: number;
}

/** What an intruder does at entry `k`; `to` is another entry. Gives the kind and place where it has to be found. */
interface Mutation {
  readonly name: string;
  readonly run: (by: Intruder, rows: readonly LedgerRow[], k: number, to: number, record: TestRecord) => Promise<Place>;
}

const set = (by: Intruder, entry: number, values: Partial<LedgerRow>) =>
  by.db.updateTable('ledger').set(values).where('entry', '=', entry).execute();
const row = (rows: readonly LedgerRow[], at: number) => rows[at] as LedgerRow;
/** Another digit or letter in the place of one: what a careful forger does. */
const edited = (bytes: string, place: number) => {
  const places = [...bytes.matchAll(/[0-9a-z]/g)].map(({ index }) => index);
  const at = places[place % places.length] as number;
  return `${bytes.slice(0, at)}${bytes[at] === '7' ? '8' : '7'}${bytes.slice(at + 1)}`;
};
const treeOf = (rows: readonly Pick<LedgerRow, 'bytes'>[]): TreeHead =>
  appendLeaves(
    emptyTree(),
    rows.map(({ bytes }) => leafHash(bytes)),
  );
const setTree = (by: Intruder, head: TreeHead) =>
  by.db
    .updateTable('tree')
    .set({ size: head.size, peaks: encodePeaks(head) })
    .execute();
const renumbered = (bytes: string, entry: number) => bytes.replace(/"entry":\d+/, `"entry":${entry}`);

const after = async (work: Promise<unknown>, found: Place): Promise<Place> => {
  await work;
  return found;
};

const mutations: readonly Mutation[] = [
  {
    name: 'edits bytes',
    run: async (by, rows, k, to) => after(set(by, k, { bytes: edited(row(rows, k).bytes, to * 7) }), { exact: [k] }),
  },
  {
    name: 'edits a hash',
    run: async (by, rows, k, to) => after(set(by, k, { leaf: leafHash(`${to}${row(rows, k).bytes}`) }), { exact: [k] }),
  },
  {
    name: 'edits bytes and their hash',
    run: async (by, rows, k) => {
      const bytes = row(rows, k).bytes.replace('mail', 'post');
      await set(by, k, { bytes, leaf: leafHash(bytes), connector: 'post' });
      return { within: k };
    },
  },
  {
    name: 'edits a column',
    run: async (by, rows, k, to) =>
      after(
        set(
          by,
          k,
          [{ kind: 'probed' }, { call: 'C0000' }, { verdict: 'stage' }, { plugin: null }, { at_ms: row(rows, k).at_ms + 1 }][
            to % 5
          ] as Partial<LedgerRow>,
        ),
        { exact: [k] },
      ),
  },
  {
    name: 'deletes a row',
    run: async (by, _rows, k) => after(by.db.deleteFrom('ledger').where('entry', '=', k).execute(), { exact: [k] }),
  },
  {
    name: 'deletes rows',
    run: async (by, _rows, k, to) =>
      after(by.db.deleteFrom('ledger').where('entry', '>=', Math.min(k, to)).where('entry', '<=', Math.max(k, to)).execute(), {
        exact: [k, to],
      }),
  },
  {
    name: 'exchanges two rows',
    run: async (by, rows, k, to) => {
      const { entry: _a, ...a } = row(rows, k);
      const { entry: _b, ...b } = row(rows, to);
      await set(by, k, b);
      await set(by, to, a);
      return { exact: [k, to] };
    },
  },
  {
    name: 'exchanges two entries, renumbered',
    run: async (by, rows, k, to) => {
      for (const [at, from] of [
        [k, to],
        [to, k],
      ] as const) {
        const { entry: _, ...values } = row(rows, from);
        const bytes = renumbered(values.bytes, at);
        await set(by, at, { ...values, bytes, leaf: leafHash(bytes) });
      }
      return { within: Math.min(k, to) };
    },
  },
  {
    name: 'puts a row behind the end',
    run: async (by, rows, k) => {
      const bytes = renumbered(row(rows, k).bytes, entries);
      await by.db
        .insertInto('ledger')
        .values({ ...row(rows, k), entry: entries, bytes, leaf: leafHash(bytes) })
        .execute();
      return { exact: [entries] };
    },
  },
  {
    name: 'puts an entry between, and rewrites everything behind it but the signatures',
    run: async (by, rows, at) => {
      // Behind the last signed head an entry more is what appending does.
      const k = at % (entries - 1);
      await by.db.deleteFrom('ledger').where('entry', '>=', k).execute();
      const shifted = [row(rows, k), ...rows.slice(k)].map((old, i) => {
        const bytes = renumbered(old.bytes, k + i);
        return { ...old, entry: k + i, bytes, leaf: leafHash(bytes) };
      });
      await by.db.insertInto('ledger').values(shifted).execute();
      await setTree(by, treeOf([...rows.slice(0, k), ...shifted]));
      // The copy that stands at k is the entry that stood there; the first that differs is behind it.
      return { within: k + 1 };
    },
  },
  {
    name: 'cuts the rows off',
    run: async (by, _rows, k) => after(by.db.deleteFrom('ledger').where('entry', '>=', k).execute(), { exact: [k, entries - 1] }),
  },
  {
    name: 'cuts rows, head and signed heads off, as if they never were',
    run: async (by, rows, to_) => {
      const k = to_ % keptElsewhere;
      await by.db.deleteFrom('ledger').where('entry', '>=', k).execute();
      await by.db.deleteFrom('checkpoints').where('size', '>', k).execute();
      await setTree(by, treeOf(rows.slice(0, k)));
      return { exact: [k, keptElsewhere - 1] };
    },
  },
  { name: 'turns the head back', run: async (by, rows, k) => after(setTree(by, treeOf(rows.slice(0, k))), { exact: [k] }) },
  {
    name: 'changes a name',
    run: async (by, rows, k) => {
      const { on_behalf_of } = JSON.parse(row(rows, k).bytes) as { on_behalf_of: string };
      await by.db.updateTable('names').set({ name: 'somebody.else@corp.example' }).where('pseudonym', '=', on_behalf_of).execute();
      const first = rows.findIndex(({ bytes }) => bytes.includes(on_behalf_of));
      return { exact: [first] };
    },
  },
  {
    name: 'edits, rebuilds everything and signs it again with the right key',
    run: async (by, rows, to_, _to, record) => {
      const k = to_ % keptElsewhere;
      const bytes = row(rows, k).bytes.replace('mail', 'post');
      const changed = rows.with(k, { ...row(rows, k), bytes, leaf: leafHash(bytes), connector: 'post' });
      await set(by, k, { bytes, leaf: leafHash(bytes), connector: 'post' });
      await setTree(by, treeOf(changed));
      for (const { size } of await by.db.selectFrom('checkpoints').select('size').execute()) {
        await by.db
          .updateTable('checkpoints')
          .set({ note: record.sign(treeOf(changed.slice(0, Number(size)))) })
          .where('size', '=', size)
          .execute();
      }
      return { within: k };
    },
  },
];

describe.each(databases)('a record on $name that somebody changed', ({ fresh }) => {
  let one: FreshDatabase;
  let record: TestRecord;
  let intruder: Intruder;
  let rows: readonly LedgerRow[];
  let outside: string;

  beforeAll(async () => {
    one = await fresh();
    record = openTestRecord(one.database);
    const notes = await writeCalls(record, entries / 3, 10);
    outside = notes[1] as string;
    rows = await record.reader.ledger.newer({ after: -1, limit: 1_000 });
    await record.recorder.close();
    intruder = await intrude(one.address);
  });
  afterAll(async () => {
    await intruder.end();
    await one.drop();
  });

  const look = (checkpoints: readonly string[]): Promise<VerifyReport> =>
    verifyLedger(ledgerOf(intruder.db), { publicKey: record.publicKey, checkpoints });
  const undone = async <T>(work: () => Promise<T>): Promise<T> => {
    await intruder.sql('BEGIN');
    try {
      return await work();
    } finally {
      await intruder.sql('ROLLBACK');
    }
  };

  it('verifies while nobody did', async () => {
    expect(await look([outside])).toMatchObject({
      ok: true,
      entries,
      says: 'complete up to 120; a signed head kept elsewhere confirms it up to 60',
      confirmed: { signed_to: 120, confirmed_to: 60 },
    });
    expect((await look([])).says).toBe('complete up to 120; nothing outside confirms it');
  });

  it('without a signed head from elsewhere, a clean cut is only not confirmed', async () => {
    const report = await undone(async () => {
      await (mutations.find(({ name }) => name.startsWith('cuts rows, head')) as Mutation).run(intruder, rows, 45, 0, record);
      return await look([]);
    });
    expect(report).toMatchObject({
      ok: true,
      says: 'complete up to 45; nothing outside confirms it; the last 15 are not under a signed head yet',
    });
  });

  it.each(mutations)('is found where it $name', async ({ run }) => {
    const place = fc.integer({ min: 0, max: entries - 1 });
    await fc.assert(
      fc.asyncProperty(place, place, async (k, to) => {
        fc.pre(k !== to);
        const { expected, report } = await undone(async () => ({
          expected: await run(intruder, rows, k, to, record),
          report: await look([outside]),
        }));
        expect(report.ok).toBe(false);
        const spans = report.findings
          .filter(({ from }) => from !== undefined)
          .map(({ from, to: end }) => [from as number, end as number] as const);
        const holds = (at: number) => spans.some(([from, end]) => from <= at && at <= end);
        for (const at of expected.exact ?? []) expect(holds(at), `${at} in ${JSON.stringify(report.findings.slice(0, 5))}`).toBe(true);
        // Whoever rewrites bytes and hashes alike is caught by the next signed head: the place is known up to its distance.
        if (expected.within !== undefined)
          expect(
            spans.some(
              ([from, end]) => from <= (expected.within as number) && end >= (expected.within as number) && end - from < keptElsewhere,
            ),
          ).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
