import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlConnector } from '../../connectors/sql/src/connector.ts';
import { limits, type Opened, openConnector, rowsOf } from './house.ts';

const folder = mkdtempSync(join(tmpdir(), 'trapkey-sqlite-'));
const file = join(folder, 'w.db');
const tables = ['people', 'orders', 'names', 'secrets_view'];
const bounds = { access: 'read-only', tables, deniedColumns: ['ssn'], rowLimit: 5 } as const;
const writing = { ...bounds, access: 'read-write' } as const;
let opened: Opened;

beforeAll(async () => {
  const database = new DatabaseSync(file);
  database.exec(`
    create table people (id integer primary key, name text, ssn text, details text);
    insert into people values (1, 'Ann', 'SECRET-1', '{"a":1}'), (2, 'Bob', 'SECRET-2', null);
    create table orders (id integer primary key, person integer, amount real);
    create table salaries (id integer, note text);
    insert into salaries values (1, 'SECRET-3');
    create view names as select id, name from people;
    create view secrets_view as select note from salaries;`);
  const insert = database.prepare('insert into orders values (?, ?, ?)');
  for (let n = 1; n <= 20; n++) insert.run(n, (n % 2) + 1, n / 2);
  database.close();
  opened = await openConnector({ kind: 'sqlite', file, tables });
});

afterAll(async () => {
  await opened.upstream.close();
  rmSync(folder, { recursive: true });
});

describe('an SQLite file', () => {
  it.each([
    ['select name from people order by id', [{ name: 'Ann' }, { name: 'Bob' }]],
    ['select count(*) as n from orders', [{ n: 20 }]],
    [
      'select p.name, sum(o.amount) as s from people p join orders o on o.person = p.id group by 1 order by 1',
      [
        { name: 'Ann', s: 55 },
        { name: 'Bob', s: 50 },
      ],
    ],
    ['select * from names where id = 1;', [{ id: 1, name: 'Ann' }]],
    ['with recursive t(n) as (select 1 union all select n + 1 from t where n < 3) select n from t -- end', [{ n: 1 }, { n: 2 }, { n: 3 }]],
    ["select json_extract(details, '$.a') as a from people where id = 1", [{ a: 1 }]],
  ])('answers %s', async (sql, rows) => {
    expect(opened.judge(sql, bounds)).toBe('allowed');
    expect(rowsOf(await opened.ask('query', { sql }, bounds))).toEqual(rows);
  });

  it.each([
    ['select ssn from people', 'column_denied'],
    ['select * from people', 'column_denied'],
    ['select name from people where ssn > 1', 'column_denied'],
    ['select id from people order by ssn', 'column_denied'],
    ['select name from people natural join (select 1 as ssn)', 'column_denied'],
    ['select x.ssn from (select p.* from people p) x', 'column_denied'],
    ['select note from salaries', 'table_not_allowed'],
    ['select * from secrets_view', 'table_not_allowed'],
    ['select sql from sqlite_schema', 'table_not_allowed'],
    ["select * from pragma_table_info('people')", 'table_not_allowed'],
    ['delete from orders', 'read_only'],
    ['insert into orders values (99, 1, 1)', 'read_only'],
    ['create table x (a)', 'read_only'],
    ["attach '/etc/passwd' as x", 'read_only'],
    ['pragma writable_schema = 1', 'read_only'],
    ['begin', 'read_only'],
    ['vacuum', 'read_only'],
    ["select name from people join (select 'SECRET-1' as ssn) x using ('ssn')", 'column_denied'],
    ['select 1; select 2', 'invalid_input'],
    ['select 1; drop table orders', 'invalid_input'],
    ['explain select 1', 'invalid_input'],
    ["select load_extension('x')", 'not_offered'],
    ['select randomblob(1000000000)', 'not_offered'],
    ["select writefile('x', 'y')", 'invalid_input'],
    ['select', 'invalid_input'],
    [`select 1 -- ${'x'.repeat(70_000)}`, 'invalid_input'],
  ])('refuses %s before it is decided, and again when it is asked', async (sql, code) => {
    expect(opened.judge(sql, bounds)).toBe(code);
    expect(rowsOf(await opened.ask('query', { sql }, bounds))).toBe(code);
  });

  it('that is Trapkey’s own is not opened', () => {
    const open = () =>
      openSqlConnector().open({ kind: 'sqlite', file, tables }, limits, {
        sampling: false,
        clientName: 't',
        clientVersion: '1',
        hidden: [folder],
      });
    expect(open).toThrow('Trapkey’s own data');
  });

  it('cuts at the row limit and says so', async () => {
    const reply = await opened.ask('query', { sql: 'select id from orders' }, bounds);
    expect(reply).toMatchObject({ result: { structuredContent: { row_count: 5, complete: false } } });
  });

  it('ends a statement that takes too long, and answers the next', async () => {
    const sql = 'with recursive t(n) as (select 1 union all select n + 1 from t) select count(*) from t';
    const ended = await opened.ask('query', { sql }, bounds, AbortSignal.timeout(300));
    expect(ended.kind).not.toBe('lost');
    expect(rowsOf(await opened.ask('query', { sql: 'select 1 as one' }, bounds))).toEqual([{ one: 1 }]);
  });

  it('counts a change without making it, makes it where writing is allowed, and nowhere else', async () => {
    const sql = 'update orders set amount = 0 where person = 1';
    expect(rowsOf(await opened.ask('change', { sql }, bounds))).toBe('read_only');
    expect(await opened.ask('count_changes', { sql }, writing)).toMatchObject({ result: { structuredContent: { changed: 10 } } });
    expect(rowsOf(await opened.ask('query', { sql: 'select count(*) as n from orders where amount = 0' }, writing))).toEqual([{ n: 0 }]);
    expect(await opened.ask('change', { sql }, writing)).toMatchObject({ result: { structuredContent: { changed: 10 } } });
    expect(rowsOf(await opened.ask('query', { sql: 'select count(*) as n from orders where amount = 0' }, writing))).toEqual([{ n: 10 }]);
    expect(rowsOf(await opened.ask('change', { sql: 'delete from orders' }, writing))).toBe('read_only');
    expect(rowsOf(await opened.ask('change', { sql: "update people set ssn = 'x'" }, writing))).toBe('column_denied');
    expect(rowsOf(await opened.ask('delete', { sql: 'delete from salaries' }, writing))).toBe('table_not_allowed');
  });
});
