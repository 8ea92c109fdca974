import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { databases, type FreshAddress, type FreshDatabase, freshPostgres, freshSqlite } from '../../../../test/support/databases.ts';
import { openDatabase } from './database.ts';
import { connectPostgres, kyselyOverPostgres } from './dialects/postgres.ts';
import { connectSqlite, kyselyOverSqlite, statementsOf } from './dialects/sqlite.ts';

const waits = { connectTimeoutMs: 3_000, statementTimeoutMs: 5_000 };

async function write(fresh: { address: FreshDatabase['address'] }, statement: string): Promise<void> {
  if (fresh.address.kind === 'sqlite') {
    const connection = connectSqlite(fresh.address.file, { lockWaitMs: 5_000, write: true });
    connection.exec(statement);
    return connection.close();
  }
  const client = await connectPostgres(fresh.address.url, waits);
  await client.query(statement);
  await client.end();
}

describe.each(databases)('a database on $name', ({ fresh }) => {
  let one: FreshDatabase;
  beforeEach(async () => {
    one = await fresh();
  });
  afterEach(() => one.drop());

  it('starts with an empty tree and an untouched latch', async () => {
    expect(await one.database.read.selectFrom('tree').select(['id', 'size']).execute()).toEqual([{ id: 1, size: 0 }]);
    expect(await one.database.read.selectFrom('latch').selectAll().execute()).toEqual([{ id: 1, generation: 0, changes: 0 }]);
  });

  it('has exactly the tables and columns that the types promise', async () => {
    const types = readFileSync(join(import.meta.dirname, 'tables.ts'), 'utf8');
    const promised = [...types.matchAll(/^ {2}(\w+): (\w+);$/gm)].filter(([, , type]) => type?.endsWith('Table'));
    expect(promised.length).toBeGreaterThan(10);
    const meta = new Map(
      (await one.database.read.introspection.getTables()).map((table) => [table.name, table.columns.map((column) => column.name).sort()]),
    );
    for (const [, table = '', type] of promised) {
      const body = types.split(`export interface ${type} {`)[1]?.split('\n}')[0] ?? '';
      expect(meta.get(table), table).toEqual([...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, column]) => column).sort());
    }
  });

  it('reads integers as numbers and bytes as bytes', async () => {
    await write(one, `INSERT INTO names VALUES ('P-1', 'person', 'ana', ${one.database.kind === 'sqlite' ? "x'00ff'" : "'\\x00ff'"})`);
    await write(one, `INSERT INTO checkpoints VALUES (9007199254740991, 1, 'note')`);
    const name = await one.database.read.selectFrom('names').selectAll().executeTakeFirstOrThrow();
    expect([...name.salt]).toEqual([0, 255]);
    const checkpoint = await one.database.read.selectFrom('checkpoints').select('size').executeTakeFirstOrThrow();
    expect(checkpoint.size).toBe(Number.MAX_SAFE_INTEGER);
    const count = await one.database.read
      .selectFrom('names')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    expect(count.n).toBe(1);
  });

  it('lets nobody write through the reading connection', async () => {
    const writing = one.database.read.insertInto('latch').values({ id: 2, generation: 0, changes: 0 }).execute();
    await expect(writing).rejects.toThrow(/read-?only/);
  });

  it('refuses a database of a newer schema, and says what to do', async () => {
    await write(one, `INSERT INTO schema_versions VALUES (999, 'from the future')`);
    await expect(openDatabase(one.address)).rejects.toThrow('This database has schema 999, written by a newer Trapkey');
  });

  it('refuses to go on in a transaction that is over', async () => {
    let live = true;
    if (one.address.kind === 'sqlite') {
      const connection = connectSqlite(one.address.file, { lockWaitMs: 0, write: true });
      const db = kyselyOverSqlite(statementsOf(connection), () => live);
      await db.selectFrom('latch').selectAll().execute();
      live = false;
      await expect(db.selectFrom('latch').selectAll().execute()).rejects.toThrow('This transaction is over');
      return connection.close();
    }
    const client = await connectPostgres(one.address.url, waits);
    const db = kyselyOverPostgres(client, () => live);
    await db.selectFrom('latch').selectAll().execute();
    live = false;
    await expect(db.selectFrom('latch').selectAll().execute()).rejects.toThrow('This transaction is over');
    await client.end();
  });

  it('tells of a stop that another process engaged, and not of entries alone', async () => {
    let calls = 0;
    let heard = () => {};
    const stop = one.database.watch(() => {
      calls++;
      heard();
    });
    await sql`select 1`.execute(one.database.read);
    await expect
      .poll(
        async () => {
          // Repeated, because the first look may come after the first change.
          await write(one, 'UPDATE latch SET generation = generation + 1');
          return calls;
        },
        { interval: 150 },
      )
      .toBeGreaterThan(0);
    const before = calls;
    await write(one, `INSERT INTO names VALUES ('P-1', 'person', 'ana', ${one.database.kind === 'sqlite' ? "x'00'" : "'\\x00'"})`);
    const next = new Promise<void>((resolve) => {
      heard = resolve;
    });
    await write(one, 'UPDATE latch SET changes = changes + 1');
    await next;
    expect(calls).toBeLessThanOrEqual(before + 2);
    stop();
  });
});

describe.each([
  { name: 'sqlite', address: async () => freshSqlite() },
  { name: 'postgres', address: () => freshPostgres(inject('postgresUrl')) },
])('a new database on $name', ({ address }) => {
  let one: FreshAddress;
  beforeEach(async () => {
    one = await address();
  });
  afterEach(() => one.remove());

  it('is migrated once when several processes start together', async () => {
    const script = `import { openDatabase } from ${JSON.stringify(join(import.meta.dirname, 'database.ts'))};
      const database = await openDatabase(${JSON.stringify(one.address)});
      console.log((await database.read.selectFrom('tree').selectAll().execute()).length);
      await database.close();`;
    const outputs = await Promise.all(Array.from({ length: 6 }, () => run(script)));
    expect(outputs).toEqual(Array.from({ length: 6 }, () => '1\n'));
  });
});

describe('an embedded database', () => {
  it('is readable by its owner alone, journals included', async () => {
    const { address, remove } = freshSqlite();
    const database = await openDatabase(address);
    if (address.kind !== 'sqlite') throw new Error('not SQLite');
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(address.file + suffix).mode & 0o777).toBe(0o600);
    await database.close();
    await remove();
  });

  it('refuses a file that is something else, and says so', async () => {
    const { address, remove } = freshSqlite();
    if (address.kind !== 'sqlite') throw new Error('not SQLite');
    writeFileSync(address.file, 'These are the minutes of a meeting, not a database. '.repeat(100));
    await expect(openDatabase(address)).rejects.toThrow(`The database ${address.file} cannot be opened`);
    await remove();
  });

  it('says when PostgreSQL cannot be reached', async () => {
    await expect(openDatabase({ kind: 'postgres', url: 'postgres://nobody@127.0.0.1:1/none' })).rejects.toThrow(
      'The PostgreSQL database cannot be opened',
    );
  });
});

function run(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(err))));
  });
}
