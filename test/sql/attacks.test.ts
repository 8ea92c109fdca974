import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshPostgres } from '../support/databases.ts';
import { type Opened, openConnector, rowsOf } from './house.ts';
import { shop, statement } from './statements.ts';

/** TRAPKEY_SQL_RUNS=20000 for a long look. */
const runs = Number(process.env['TRAPKEY_SQL_RUNS'] ?? 400);
const tables = ['people', 'orders', 'v_people', 'v_all'];
const bounds = { access: 'read-only', tables, deniedColumns: ['ssn', 'card'], rowLimit: 50 } as const;
const writing = { ...bounds, access: 'read-write' } as const;
let opened: Opened;
let wide: Opened;
let agent: pg.Client;
let owner: pg.Client;
let accountUrl: string;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const database = await freshPostgres(inject('postgresUrl'));
  ends.push(database.remove);
  if (database.address.kind !== 'postgres') throw new Error('no PostgreSQL');
  const url = new URL(database.address.url);
  owner = new pg.Client({ connectionString: url.href });
  await owner.connect();
  ends.push(() => owner.end());
  const account = `a_${url.pathname.slice(3)}`;
  await owner.query(shop(account));
  ends.push(() => owner.query(`drop owned by ${account}; drop role ${account}`));
  wide = await openConnector({ kind: 'postgres', url: url.href, tables });
  ends.push(() => wide.upstream.close());
  url.username = account;
  accountUrl = url.href;
  opened = await openConnector({ kind: 'postgres', url: url.href, tables });
  ends.push(() => opened.upstream.close());
  agent = new pg.Client({ connectionString: url.href });
  await agent.connect();
  ends.push(() => agent.end());
});

afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const ask = async (sql: string) => await opened.ask('query', { sql }, bounds);

describe('a database account that may do more than the document', () => {
  it('is not used: the second wall would be missing', async () => {
    expect(wide.judge('select 1', bounds)).toBe('not_enforceable');
    expect(rowsOf(await wide.ask('query', { sql: 'select 1' }, bounds))).toBe('not_enforceable');
  });
});

describe('a database account that may read another table', () => {
  it('is not used either', async () => {
    await owner.query('grant select (id) on salaries to public');
    const address = { kind: 'postgres', url: accountUrl, tables: [...tables, 'x'] } as const;
    const other = await openConnector(address);
    await owner.query('revoke select (id) on salaries from public');
    expect(rowsOf(await other.ask('query', { sql: 'select 1' }, bounds))).toBe('not_enforceable');
    await other.upstream.close();
  });
});

describe('the walls', () => {
  it('no statement gets a secret out; what the parser lets through, the account may read as well', async () => {
    await fc.assert(
      fc.asyncProperty(statement, async (sql) => {
        const verdict = opened.judge(sql, bounds);
        const reply = await ask(sql);
        expect(JSON.stringify(reply)).not.toMatch(/SECRET/);
        expect(reply.kind === 'refused').toBe(verdict !== 'allowed');
        if (verdict !== 'allowed') return;
        const own = await agent.query(`explain ${sql}`).catch((error: { code?: string }) => error.code ?? 'broken');
        // 42501: the account may not. Whatever the parser let through that the account may not would rest on one wall.
        expect(own === '42501' ? sql : 'may').toBe('may');
      }),
      { numRuns: runs },
    );
  });

  it.each([
    ['text as a statement', "select query_to_xml('select ssn from people', true, true, '')"],
    ['attribute notation', "select u.pg_read_file from unnest(array['/etc/passwd']) u"],
    ['attribute notation on a table', 'select o.spy from orders o'],
    ['a function of the owner', 'select spy(o) from orders o'],
    ['a cast to a row', "select (null::people).id, 'people'::regclass"],
    ['settings', "select set_config('role', 'postgres', false), current_setting('data_directory')"],
    ['sleep', 'select pg_sleep(100)'],
    ['locks', 'select pg_advisory_lock(1)'],
    ['large objects', 'select lo_get(1)'],
    ['other operators', 'select 1 operator(public.+) 1'],
    ['two statements', 'select 1; select ssn from people'],
    ['copy', "copy people to program 'cat'"],
    ['do', 'do $$ begin end $$'],
    ['prepare', 'prepare p as select ssn from people'],
    ['call', 'call x()'],
    ['listen', 'listen x'],
    ['show', 'show data_directory'],
    ['begin', 'begin'],
    ['set', 'set role postgres'],
    ['explain analyze', 'explain analyze select 1'],
    ['parameters', 'select $1'],
    ['column definitions', "select * from json_to_recordset('[]') as t(ssn text)"],
    ['xml', "select * from xmltable('/a' passing '<a/>' columns b text)"],
    ['a view over more', 'select * from v_all'],
    ['temporary schema', 'select * from pg_temp.people'],
    ['another database', 'select * from other.public.people'],
  ])('refuse %s', async (_, sql) => {
    expect(opened.judge(sql, bounds)).not.toBe('allowed');
    expect((await ask(sql)).kind).toBe('refused');
  });
});

describe('what is too much', () => {
  it.each([
    ['a megabyte', `select '${'x'.repeat(1_048_576)}'`],
    ['a deep expression', `select ${'1+'.repeat(30_000)}1`],
    ['deep brackets', `select ${'('.repeat(30_000)}1${')'.repeat(30_000)}`],
    ['deep questions', `select ${'(select '.repeat(5_000)}1${')'.repeat(5_000)}`],
    ['many unions', `select 1 ${'union select 1 '.repeat(4_000)}`],
    ['an endless recursion', 'with recursive t as (select 1 union all select 1 from t) select count(*) from t'],
    ['tables with nothing between them', 'select 1 from orders a, orders b, orders c, orders d, orders e'],
    ['a long series', 'select count(*) from generate_series(1, 1000000000)'],
    ['a long text', "select repeat('x', 1000000000)"],
    ['nul', 'select \u0000'],
    ['half a character', 'select \ud800'],
    ['binary', `select ${Buffer.from([0xff, 0xfe, 0x01]).toString('latin1')}\u0001`],
    ['nothing', ''],
    ['a comment', '-- only'],
  ])('is refused: %s', async (_, sql) => {
    expect(opened.judge(sql, bounds)).not.toBe('allowed');
    expect((await ask(sql)).kind).toBe('refused');
    expect(rowsOf(await ask('select 1 as one'))).toEqual([{ one: 1 }]);
  });

  it('a plan that costs too much, and rows that are too large, are not run to their end', async () => {
    const dear = await ask('select count(*) from generate_series(1, 900000) a cross join generate_series(1, 900000) b');
    expect(rowsOf(dear)).toContain('cost too much');
    const large = await ask("select string_agg(repeat('x', 9999), '') from generate_series(1, 9000)");
    expect(rowsOf(large)).toContain('bytes');
    expect(rowsOf(await ask('select 1 as one'))).toEqual([{ one: 1 }]);
  });

  it('a statement is cancelled with its call', async () => {
    const sql = 'with recursive t(n) as (select 1 union all select n + 1 from t where n < 2000000000) select max(n) from t';
    const reply = await opened.ask('query', { sql }, bounds, AbortSignal.timeout(500));
    expect(reply.kind).toBe('unsent');
    expect(rowsOf(await ask('select 1 as one'))).toEqual([{ one: 1 }]);
  });
});

it('what the database says of an error is not passed on', async () => {
  const said = rowsOf(await ask("select ('owner of ' || name)::int from people"));
  expect(said).toBe('The database did not run it: a text that is no value of the type (SQLSTATE 22P02)');
});

describe('a connector that may write', () => {
  const count = async () => (await owner.query('select count(*)::int as n from orders where amount = 0')).rows[0];

  it('counts in a transaction that is taken back, and changes only what it may', async () => {
    const sql = 'update orders set amount = 0 where person = 1';
    expect(rowsOf(await opened.ask('change', { sql }, bounds))).toBe('read_only');
    expect(await opened.ask('count_changes', { sql }, writing)).toMatchObject({ result: { structuredContent: { changed: 10 } } });
    expect(await count()).toEqual({ n: 0 });
    expect(await opened.ask('change', { sql }, writing)).toMatchObject({ result: { structuredContent: { changed: 10 } } });
    expect(await count()).toEqual({ n: 10 });
    const inserted = { sql: 'insert into orders (id, person, amount) values (100, 1, 2)' };
    expect(await opened.ask('change', inserted, writing)).toMatchObject({ result: { structuredContent: { changed: 1 } } });
    expect(await opened.ask('delete', { sql: 'delete from orders where id = 100' }, writing)).toMatchObject({ kind: 'result' });
  });

  it.each([
    ['change', 'delete from orders', 'not_offered'],
    ['change', "update people set ssn = 'x'", 'column_denied'],
    ['change', 'update orders set note = (select ssn from people limit 1)', 'column_denied'],
    ['change', 'insert into orders (id, note) select 1, ssn from people', 'column_denied'],
    ['change', 'update orders set amount = 1 returning note', 'not_offered'],
    ['change', 'update orders o set note = p.ssn from people p where p.id = o.person', 'column_denied'],
    ['change', 'insert into orders (id) values (1) on conflict do nothing', 'not_offered'],
    ['change', 'merge into orders o using people p on p.id = o.person when matched then do nothing', 'not_offered'],
    ['change', 'update salaries set note = 1', 'table_not_allowed'],
    ['change', 'update v_people set name = 1', 'read_only'],
    ['delete', 'delete from salaries', 'table_not_allowed'],
    ['delete', "delete from people where ssn = 'x'", 'column_denied'],
    ['query', 'delete from orders', 'read_only'],
  ])('does not %s with %s', async (tool, sql, code) => {
    expect(rowsOf(await opened.ask(tool, { sql }, writing))).toBe(code);
  });
});
