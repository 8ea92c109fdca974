import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshPostgres } from '../support/databases.ts';
import { type Opened, openConnector, rowsOf } from './house.ts';
import { asking, heldAlike, region } from './row-cases.ts';
import { statement } from './statements.ts';

/** TRAPKEY_SQL_RUNS=20000 for a long look. */
const runs = Number(process.env['TRAPKEY_SQL_RUNS'] ?? 300);
const tables = ['people', 'orders', 'v_people', 'regions'];
const bounds = { access: 'read-only', tables, deniedColumns: ['ssn', 'card'], rowLimit: 500 } as const;
let opened: Opened;
/** Sees tables with the same names that hold rows of one region only. */
let alone: pg.Client;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const database = await freshPostgres(inject('postgresUrl'));
  ends.push(database.remove);
  if (database.address.kind !== 'postgres') throw new Error('no PostgreSQL');
  const url = new URL(database.address.url);
  const owner = new pg.Client({ connectionString: url.href });
  await owner.connect();
  ends.push(() => owner.end());
  const account = `r_${url.pathname.slice(3)}`;
  await owner.query(`
    create table people (id int primary key, name text, region text, ssn text);
    insert into people values (1, 'Ann', 'EMEA', 'x'), (2, 'OTHER-Bob', 'APAC', 'x'), (3, 'Eve', 'EMEA', 'x'), (4, 'OTHER-Nil', null, 'x');
    create table orders (id int primary key, person int, amount numeric, note text, region text);
    insert into orders select n, n % 4 + 1, case when n % 2 = 0 then n else 666000 + n end,
      case when n % 2 = 0 then 'note ' else 'OTHER-' end || n, case when n % 2 = 0 then 'EMEA' else 'APAC' end from generate_series(1, 20) n;
    create table regions (id int primary key, label text);
    create view v_people as select id, name, region from people;
    analyze;
    create role ${account} login;
    grant select (id, name, region) on people to ${account};
    grant select on orders, v_people, regions to ${account};`);
  ends.push(() => owner.query(`drop owned by ${account}; drop role ${account}`));
  await owner.query(`create schema alone;
    create table alone.people as select id, name, region from people where region = 'EMEA';
    create table alone.orders as select * from orders where region = 'EMEA';`);
  alone = new pg.Client({ connectionString: url.href, options: '-c search_path=alone' });
  await alone.connect();
  ends.push(() => alone.end());
  url.username = account;
  opened = await openConnector({ kind: 'postgres', url: url.href, tables });
  ends.push(() => opened.upstream.close());
});

afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const askAs = asking(() => opened, bounds);

const name = fc.constantFrom('people', 'orders');
const test = fc.constantFrom(
  'true',
  "a.region <> 'EMEA'",
  'a.id in (select id from orders)',
  'exists (select from people q where q.id >= a.id)',
  "not exists (select from orders q where q.region = 'APAC')",
  'a.id < (select count(*) from orders)',
  'a.region = any (select region from people)',
);
const join = fc.constantFrom('join', 'left join', 'right join', 'full join');
const shape = fc.constantFrom(
  (from: string, where: string) => `select a.region::text as v from ${from} where ${where}`,
  (from: string, where: string) => `select count(*)::text as v from ${from} where ${where}`,
  (from: string, where: string) => `select to_jsonb(b)::text as v from (select a.region from ${from} where ${where}) b`,
  (from: string, where: string) =>
    `select max(a.id::text || a.region) as v from ${from} where ${where} group by a.region having count(*) > 0`,
  (from: string, where: string) =>
    `with w as (select a.id from ${from} where ${where}) select string_agg(id::text, ',' order by id) as v from w`,
  (from: string, where: string) => `select exists (select a.id from ${from} where ${where})::text as v`,
  (from: string, where: string) => `select a.id::text as v from ${from} where ${where} union select region from people`,
  (from: string, where: string) =>
    `select l.region as v from ${from}, lateral (select region from orders where id = a.id) l where ${where}`,
  (from: string, where: string) => `select (select sum(o.id) from orders o where o.id > a.id)::text as v from ${from} where ${where}`,
);
const sensible = fc
  .tuple(shape, name, join, name, test)
  .map(([made, left, how, right, where]) => made(`${left} as a ${how} ${right} as c on a.id = c.id`, where));

describe('a row rule', () => {
  it.each([
    ['select name from people order by id', ['Ann', 'Eve'], ['OTHER-Bob']],
    ['select p.name from public.people p order by id', ['Ann', 'Eve'], ['OTHER-Bob']],
    ['select people.name from only people order by 1', ['Ann', 'Eve'], ['OTHER-Bob']],
    ['select count(*)::int from orders', [10], [10]],
    ["select min(region) from orders where region is not null or region = 'x'", ['EMEA'], ['APAC']],
    ['select count(*)::int from people p join orders o on o.region <> p.region', [0], [0]],
    ['with w as (select name from people) select max(name) from w', ['Eve'], ['OTHER-Bob']],
    ['with a as (with b as (select * from orders) select * from b) select count(distinct region)::int from a', [1], [1]],
    ["select exists (select from people where name like 'OTHER%')", [false], [true]],
    ["select 'x' where 2 in (select id from people) or 2 = any (array(select id from people))", [], ['x']],
    ['select (select string_agg(name, $$,$$ order by id) from people)', ['Ann,Eve'], ['OTHER-Bob']],
    ["select 'EMEA' as region from people where id = 2", [], ['EMEA']],
    ['select l.n from regions_of r, lateral (select r.n) l', 'table_not_allowed', 'table_not_allowed'],
    ['select max(name) from people union all select max(region) from people', ['Eve', 'EMEA'], ['OTHER-Bob', 'APAC']],
    ["select coalesce(o.region, 'none') from people p left join orders o using (region) group by 1", ['EMEA'], ['APAC']],
    ['select max(case when person > 0 then amount end)::int from orders', [20], [666019]],
    ['with recursive t(n) as (select min(id) from people union select p.id from t, people p where p.id > n) select n from t', [1, 3], [2]],
  ])('holds in %s', async (sql, emea, apac) => {
    for (const [value, expected] of [
      ['EMEA', emea],
      ['APAC', apac],
    ] as const) {
      const reply = await askAs(region(value), sql);
      const rows = rowsOf(reply);
      expect(Array.isArray(rows) ? rows.map((row: object) => Object.values(row)[0]) : rows).toEqual(expected);
      if (reply.kind !== 'refused') expect(reply).toMatchObject({ rowsApplied: true });
    }
  });

  it('no expression of a query meets a row that is not there', async () => {
    const sql = 'select id from orders where 1 / (case when amount > 1000 then 0 else 1 end) = 1';
    expect(rowsOf(await askAs(region('EMEA'), sql))).toHaveLength(10);
    expect(rowsOf(await askAs(region('APAC'), sql))).toContain('a division by zero');
  });

  it.each([
    ['explain select * from orders', 'not_offered'],
    ['with people as (select 1 as n) select n from people', 'invalid_input'],
    ['select 1 from orders tablesample system (100)', 'not_offered'],
    ['select name from v_people', 'not_enforceable'],
    ['select label from regions', 'not_enforceable'],
    ['select x.a from people x(a, b, c)', 'not_offered'],
    ['select ssn from people', 'column_denied'],
  ])('refuses %s', async (sql, code) => {
    expect(rowsOf(await askAs(region('EMEA'), sql))).toBe(code);
  });

  heldAlike(askAs, [
    ['quotes', region("EMEA' or true --\\"), []],
    ['a number as text', { column: 'id', is: '=', value: '1' }, expect.stringContaining('42883')],
  ]);

  it('no statement shows another region, whatever it makes of the tables', async () => {
    await fc.assert(
      fc.asyncProperty(statement, async (sql) => {
        expect(JSON.stringify(await askAs(region('EMEA'), sql))).not.toMatch(/OTHER-|6660|APAC/);
      }),
      { numRuns: runs },
    );
  });

  it('a statement that runs gives what it would where there are no other rows', async () => {
    await fc.assert(
      fc.asyncProperty(sensible, async (sql) => {
        const { rows } = await alone.query({ text: sql, rowMode: 'array' });
        const got = rowsOf(await askAs(region('EMEA'), sql));
        expect(Array.isArray(got) ? got.map((row: object) => Object.values(row)[0]).sort() : got).toEqual(
          rows.map(([value]) => value).sort(),
        );
      }),
      { numRuns: Math.ceil(runs / 2) },
    );
  });
});
