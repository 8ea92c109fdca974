import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RowCondition } from '@trapkey/contract/rows.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Opened, openConnector, rowsOf } from './house.ts';
import { asking, heldAlike, region } from './row-cases.ts';

/** TRAPKEY_SQL_RUNS=20000 for a long look. */
const runs = Number(process.env['TRAPKEY_SQL_RUNS'] ?? 300);
const folder = mkdtempSync(join(tmpdir(), 'trapkey-rows-'));
const file = join(folder, 'w.db');
const tables = ['people', 'orders', 'v_people', 'regions', 'counted', 'keys', 'unread', 'odd " name', 'child', 'told'];
const bounds = { access: 'read-only', tables, deniedColumns: ['ssn', 'card'], rowLimit: 500 } as const;
let opened: Opened;
/** Tables with the same names that hold rows of one region only. */
const alone = new DatabaseSync(':memory:');

beforeAll(async () => {
  const database = new DatabaseSync(file);
  database.exec(`
    create table people (id integer primary key, name text, region text, ssn text);
    insert into people values (1, 'Ann', 'EMEA', 'x'), (2, 'OTHER-Bob', 'APAC', 'x'), (3, 'Eve', 'EMEA', 'x'), (4, 'OTHER-Nil', null, 'x');
    create table orders (id integer primary key, person integer, amount numeric, note text, region text);
    with recursive g(n) as (select 1 union all select n + 1 from g where n < 20)
    insert into orders select n, n % 4 + 1, iif(n % 2 = 0, n, 666000 + n),
      iif(n % 2 = 0, '{"a":1}', 'OTHER-' || n), iif(n % 2 = 0, 'EMEA', 'APAC') from g;
    create index orders_amount on orders (amount);
    create table regions (id integer primary key, label text);
    create view v_people as select id, name, region from people;
    create table hidden (id integer primary key, note text);
    insert into hidden values (1, 'OTHER-1'), (7, 'OTHER-7');
    insert into regions values (1, 'OTHER-label');
    create table counted (id integer primary key autoincrement, region text);
    create table keys (token text, "to\u212Aen" text, region text);
    insert into keys values ('THEIRS', 'mine', 'EMEA');
    create table unread (ssn text, card text);
    create table "odd "" name" (id integer, region text, note text);
    insert into "odd "" name" values (1, 'EMEA', 'mine'), (2, 'APAC', 'OTHER-odd');
    create table child (id integer primary key, region text, of integer references hidden (id));
    create table told (id integer primary key, region text);
    create trigger tells after insert on told begin update orders set note = (select note from hidden where id = 7) where id = 2; end;
    create view v_count as select count(*) as n from people;
    create view v_one as select 'person' as kind from people;
    create view v_pair as select 1 as x from people, orders;
    create view v_union as select 1 as x from people union all select 2 from orders;
    create view v_all as select id, name, region from people full join hidden using (id);
    create view v_nat as select name from people natural full join (select 0 as id, 'q' as name);
    create view v_join as select 1 as x from people join hidden using (id);`);
  database.close();
  alone.exec(`attach '${file}' as w;
    create table people as select id, name, region from w.people where region = 'EMEA';
    create table orders as select * from w.orders where region = 'EMEA';
    detach w`);
  opened = await openConnector({ kind: 'sqlite', file, tables });
});
afterAll(async () => {
  await opened.upstream.close();
  rmSync(folder, { recursive: true });
});

const askAs = asking(() => opened, bounds);
const firsts = (rows: unknown) => (Array.isArray(rows) ? rows.map((row: object) => Object.values(row)[0]) : rows);

describe('a row rule over SQLite', () => {
  it.each([
    ['select name from people order by id', ['Ann', 'Eve'], ['OTHER-Bob']],
    ['select Name from People order by 1', ['Ann', 'Eve'], ['OTHER-Bob']],
    ['select count(*) from orders', [10], [10]],
    ["select min(region) from orders where region is not null or region = 'x'", ['EMEA'], ['APAC']],
    ['select count(*) from people p join orders o on o.region <> p.region', [0], [0]],
    ['with w as (select name from people) select max(name) from w', ['Eve'], ['OTHER-Bob']],
    ['with people as (select region as name from orders) select distinct name from people', ['EMEA'], ['APAC']],
    ['with a as (with b as (select * from orders) select * from b) select count(distinct region) from a', [1], [1]],
    ["select exists (select 1 from people where name like 'OTHER%')", [0], [1]],
    ["select 'x' where 2 in (select id from people)", [], ['x']],
    ['select (select group_concat(name) from people)', ['Ann,Eve'], ['OTHER-Bob']],
    ["select 'EMEA' as region from people where id = 2", [], ['EMEA']],
    ['select max(name) from people union all select max(region) from people', ['Eve', 'EMEA'], ['OTHER-Bob', 'APAC']],
    ['select max(case when person > 0 then amount end) from orders', [20], [666019]],
    [
      'select amount from orders indexed by orders_amount',
      expect.stringContaining('invalid_input'),
      expect.stringContaining('invalid_input'),
    ],
    ['with recursive t(n) as (select min(id) from people union select p.id from t, people p where p.id > n) select n from t', [1, 3], [2]],
  ])('holds in %s', async (sql, emea, apac) => {
    for (const [value, expected] of [
      ['EMEA', emea],
      ['APAC', apac],
    ] as const) {
      const reply = await askAs(region(value), sql);
      expect(firsts(rowsOf(reply))).toEqual(expected);
      if (reply.kind !== 'refused') expect(reply).toMatchObject({ rowsApplied: true });
    }
  });

  it.each([
    'select id from orders where abs(case when amount > 1000 then -9223372036854775808 else 1 end) = 1',
    'select o.id from people p join orders o on json(o.note) is not null where p.id = 1',
    "select id from (select * from orders) where json_extract(note, '$.a') = 1",
    'select id from orders where amount > 0 and exists (select 1 from orders q where json(q.note) is not null)',
    'select id from orders order by json(note)',
    'select id from orders group by id having max(json(note)) is not null',
  ])('no expression of a query meets a row that is not there: %s', async (sql) => {
    expect(rowsOf(await askAs(region('EMEA'), sql))).toHaveLength(10);
    expect(rowsOf(await askAs(region('APAC'), sql))).toContain('The database did not run it');
  });

  it.each([
    ['select name from main.people', 'not_enforceable'],
    ['select count(*) from main.people', 'not_enforceable'],
    ['select count(*) from "main"."orders"', 'not_enforceable'],
    ['select name from people where exists (select 1 from main.orders)', 'not_enforceable'],
    ['with people as (select name from main.people) select max(name) from people', 'not_enforceable'],
    ['with people as (select id from main.people) select count(*) from people', 'not_enforceable'],
    ['select 1 from (select name from main.people) as people', 'not_enforceable'],
    ['with orders as materialized (select count(*) as n from main.orders) select n from orders', 'not_enforceable'],
    ['with recursive people(n) as (select max(name) from main.people union select n from people) select n from people', 'not_enforceable'],
    ["select count(*) from 'main'.people", 'not_enforceable'],
    ['select count(*) from [MAIN] /* x */ . people', 'not_enforceable'],
    ['with w as (select 1 from main.people) select count(*) from w', 'not_enforceable'],
    ["select 'main street'", 'not_enforceable'],
    ['select name from temp.people', 'invalid_input'],
    ['select name from v_people', 'not_enforceable'],
    ['select count(*) from v_people', 'not_enforceable'],
    ['select label from regions', 'not_enforceable'],
    ['select count(*) from regions', 'not_enforceable'],
    ['select ssn from people', 'column_denied'],
    ['select note from hidden', 'table_not_allowed'],
    ['select sql from sqlite_temp_schema', 'table_not_allowed'],
    ['drop view people', 'read_only'],
    ['select rowid from people', 'invalid_input'],
  ])('refuses %s', async (sql, code) => {
    expect(rowsOf(await askAs(region('EMEA'), sql))).toBe(code);
  });

  it('leaves nothing behind for whoever asks next', async () => {
    await askAs(region('APAC'), 'select count(*) from people');
    const whole = await opened.ask('query', { sql: 'select count(*) as n from main.people' }, bounds);
    expect(rowsOf(whole)).toEqual([{ n: 4 }]);
  });

  heldAlike(askAs, [
    ['very many', { column: 'region', in: [...Array.from({ length: 3_000 }, (_, n) => `r${n}`), 'APAC'] }, [2]],
    ['of several kinds', { column: 'id', in: ['1', 2, true] }, [1, 2]],
    ['not one of', { not: { column: 'region', in: ['APAC'] } }, [1, 3]],
    ['not, of another kind', { not: { column: 'region', is: '=', value: 1 } }, []],
    ['after, by code points', { column: 'region', is: '>', value: 'B' }, [1, 3]],
    ['upper and lower case', { column: 'Region', is: '=', value: 'EMEA' }, [1, 3]],
    ['a great number', { column: 'id', is: '<', value: 1e300 }, [1, 2, 3, 4]],
    ['yes', { column: 'id', is: '=', value: true }, [1]],
    ['quotes', region("EMEA' or 1 --"), []],
    ['a number as text', { column: 'id', is: '=', value: '1' }, []],
    ['a text that ends early', region('EM\0EA'), 'invalid_input'],
  ]);
});

const table = fc.constantFrom('people', 'orders', 'main.orders', 'v_people', '(select * from orders)', 'temp.people', 'sqlite_temp_schema');
const column = fc.constantFrom(
  'a.region',
  'a.id',
  'c.region',
  'c.*',
  'count(*)',
  'max(a.region)',
  '(select max(region) from orders)',
  'a.rowid',
);
const test = fc.constantFrom(
  '1',
  "a.region <> 'EMEA'",
  'a.id in (select id from orders)',
  'exists (select 1 from people q where q.id >= a.id)',
  "not exists (select 1 from orders q where q.region = 'APAC')",
  'a.id < (select count(*) from orders)',
  'a.region in (select region from people)',
  "json_valid(a.region) or json_extract('{}', '$.x') is null",
);
const joins = fc.constantFrom('join', 'left join', 'right join', 'full join', 'cross join');
const end = fc.constantFrom(
  '',
  ' group by a.id',
  ' order by 1 limit 3',
  ' union select region from orders',
  ' except select 1',
  ' limit 2 offset 1',
);
const statement = fc
  .tuple(column, table, joins, table, test, end)
  .map(
    ([what, left, how, right, where, last]) => `select ${what} from ${left} as a ${how} ${right} as c on a.id = c.id where ${where}${last}`,
  );

describe('what SQLite does not ask its authorizer about', () => {
  const joined = [
    'select count(*) from people join hidden using (id)',
    "select id, note from (select 0 as id, 'q' as note) full join hidden using (id, note)",
    "select label from (select 'q' as label) full join regions using (label)",
    "select count(*) from (select 'OTHER-label' as label) join regions using (label)",
    'select n from (select 0 as n) full join v_count using (n)',
    "select name, sql from (select 'q' as name, 's' as sql) full join sqlite_schema using (name, sql)",
    "select name, sql from (select 'q' as name, 's' as sql) full join sqlite_temp_schema using (name, sql)",
    "select * from (select 0 as id, 'q' as note) natural full join hidden",
    "select id, name, region from (select 0 as id, 'q' as name, 'z' as region) full join v_all using (id, name, region)",
    "select name from (select 'q' as name) full join v_nat using (name)",
    ...['v_one', 'v_pair', 'v_union', 'v_all', 'v_nat', 'v_join', 'v_count'].map((view) => `select count(*) from ${view}`),
    'select 1 from v_pair',
  ];
  it.each(joined)('refuses, whether or not columns are denied: %s', async (sql) => {
    for (const more of [{}, { deniedColumns: [] }]) {
      const got = rowsOf(await askAs(region('EMEA'), sql, 'query', more));
      expect(got).toMatch(/^(not_enforceable|table_not_allowed|column_denied|invalid_input)$/);
    }
  });

  it.each(joined.filter((sql) => /hidden|sqlite_|v_(all|join)/.test(sql)))('refuses without a rule, too: %s', async (sql) => {
    const open = { ...bounds, deniedColumns: [], tables: [...tables, 'v_one', 'v_pair', 'v_union', 'v_all', 'v_nat', 'v_join', 'v_count'] };
    expect(opened.judge(sql, open)).toBe('table_not_allowed');
    expect(rowsOf(await opened.ask('query', { sql }, open))).toBe('table_not_allowed');
    const change = `update orders set note = (select count(*) from (${sql})) where id = 2`;
    const reply = await opened.ask('change', { sql: change }, { ...open, access: 'read-write' });
    expect(rowsOf(reply)).toBe('table_not_allowed');
  });

  it.each([
    "select ssn as k /*'*/ from people natural full join (select 'x2' as ssn) /*'*/",
    `select ssn as "'" from people natural full join (select 'x2' as ssn) order by 1 --'`,
    "select count(*) from people p join people q on 1 or ?1natural join (select 'x2' as ssn)",
    "select ssn from people natural/**/full join (select 'x2' as ssn)",
    "select 1 from people join (select 'x2' as ssn) using -- x\n (ssn)",
  ])('refuses a denied column that no word asks for: %s', async (sql) => {
    expect(rowsOf(await opened.ask('query', { sql }, bounds))).toBe('column_denied');
  });

  it('a table without a column that may be read, and a rule that SQLite cannot compile, leave everything as it was', async () => {
    expect(rowsOf(await askAs({ any: [] }, 'select count(*) from unread'))).toBe('not_enforceable');
    const deep: RowCondition = { any: Array.from({ length: 1_500 }, () => region('EMEA')) };
    expect(rowsOf(await askAs(deep, 'select count(*) from people'))).toBe('invalid_input');
    expect(rowsOf(await opened.ask('query', { sql: 'select count(*) as n from people' }, bounds))).toEqual([{ n: 4 }]);
  });

  it('folds names as SQLite does', async () => {
    expect(rowsOf(await askAs({ column: 'token', is: '=', value: 'mine' }, 'select count(*) as n from keys'))).toEqual([{ n: 0 }]);
  });

  it('orders no texts of a file that is not in UTF-8', async () => {
    const other = join(folder, 'wide.db');
    const database = new DatabaseSync(other);
    database.exec(
      "pragma encoding = 'UTF-16le'; create table people (id integer primary key, region text); insert into people values (1, 'A')",
    );
    database.close();
    const wide = await openConnector({ kind: 'sqlite', file: other, tables });
    const reader = { person: 'ann@corp.example', groups: [], region: 'EMEA' };
    const ask = async (rows: RowCondition) =>
      rowsOf(await wide.ask('query', { sql: 'select id from people' }, bounds, AbortSignal.timeout(30_000), { ...reader, rows }));
    expect(await ask({ column: 'region', is: '<', value: 'B' })).toBe('not_enforceable');
    expect(await ask({ column: 'region', is: '=', value: 'A' })).toEqual([{ id: 1 }]);
    await wide.upstream.close();
  });

  it('hides what has several spellings, and shows it by its rows', async () => {
    for (const name of ['"odd "" name"', '`odd " name`', '[odd " name]', '"ODD "" name"'])
      expect(rowsOf(await askAs(region('EMEA'), `select note from ${name}`))).toEqual([{ note: 'mine' }]);
    expect(rowsOf(await askAs({ column: 'id', is: '=', value: 1 }, 'select count(*) as n from `odd " name`'))).toEqual([{ n: 1 }]);
  });

  it.each([
    ["insert into child (region, of) values ('EMEA', 7)", 'a foreign key looks into a table that is not allowed'],
    ["insert into told (region) values ('EMEA')", 'a trigger reads one'],
  ])('refuses %s: %s', async (sql) => {
    expect(rowsOf(await opened.ask('change', { sql }, { ...bounds, access: 'read-write' }))).toBe('table_not_allowed');
    const told = await opened.ask('query', { sql: 'select (select count(*) from child) + (select count(*) from told) as n' }, bounds);
    expect(rowsOf(told)).toEqual([{ n: 0 }]);
  });

  it('adds to a table that counts by itself, and lets nobody name what SQLite keeps of it', async () => {
    const writing = { ...bounds, access: 'read-write' } as const;
    const insert = "insert into counted (region) values ('EMEA')";
    expect(await opened.ask('change', { sql: insert }, writing)).toMatchObject({ result: { structuredContent: { changed: 1 } } });
    const peek = "update counted set region = (select seq from (select 'q' as name, 0 as seq) full join sqlite_sequence using (name, seq))";
    expect(rowsOf(await opened.ask('change', { sql: peek }, { ...writing, deniedColumns: [] }))).toBe('table_not_allowed');
  });
});

describe('whatever is asked over SQLite', () => {
  it('nothing shows another region, and what runs gives what it would where there are no other rows', async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(statement, async (sql) => {
        const got = rowsOf(await askAs(region('EMEA'), sql));
        expect(JSON.stringify(got)).not.toMatch(/OTHER-|6660|APAC/);
        if (!Array.isArray(got)) return;
        answered++;
        const meant = alone.prepare(sql.replaceAll('temp.', 'main.')).all();
        expect(got.map((row: object) => JSON.stringify(Object.values(row))).sort()).toEqual(
          meant.map((row) => JSON.stringify(Object.values(row))).sort(),
        );
      }),
      { numRuns: runs },
    );
    expect(answered).toBeGreaterThan(runs / 20);
  });
});
