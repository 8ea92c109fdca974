import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshPostgres } from '../support/databases.ts';
import { connectAs, entriesOf, type House, openHouse } from '../support/e2e.ts';
import { call, connect, offered } from '../support/e2e-client.ts';
import { around, document, fillWarehouse } from './warehouse.ts';

/** A million with TRAPKEY_WAREHOUSE_DEALS=1000000; enough here that every line of the document has something to hold. */
const deals = Number(process.env['TRAPKEY_WAREHOUSE_DEALS'] ?? 60_000);
const boss = 'boss@corp.example';

let house: House;
let ask: (sql: string) => ReturnType<typeof call>;
let client: Awaited<ReturnType<typeof connect>>;
let url: string;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const database = await freshPostgres(inject('postgresUrl'));
  ends.push(database.remove);
  if (database.address.kind !== 'postgres') throw new Error('no PostgreSQL');
  url = database.address.url;
  await fillWarehouse(url, deals);
  const account = new URL(url);
  account.username = `warehouse_${account.pathname.slice(1)}`;
  account.password = 'a password';
  house = openHouse({ 'warehouse.json': document, 'corp.yaml': around({ postgres: account.href }) }, { TRAPKEY_ADMIN_URL: url });
  const made = await house.run(['connector', 'provision', 'finance-warehouse', '--apply']);
  expect(made, made.out + made.err).toMatchObject({ status: 0 });
  const gateway = await house.serve({ command: ['up', '--admin', boss] });
  ends.push(() => gateway.stop());
  const servers = await connectAs(house, 'forecast', gateway.code, ['--person', 'ann@corp.example']);
  client = await connect(servers['forecast-finance-warehouse']);
  ends.push(() => client.close());
  ask = (sql) => call(client, 'query', { sql });
});

afterAll(async () => {
  for (const end of ends.reverse()) await end();
  house.remove();
});

const decision = (code: string, key: string) => ({ code, rule: `connector/finance-warehouse/${key}` });

describe('finance-warehouse, line by line', () => {
  it('"connector": offers its own tools, and describes only what may be read', async () => {
    expect([...(await offered(client))].sort()).toEqual(['describe', 'query', 'sample']);
    const described = await call(client, 'describe');
    expect(described.structured).toMatchObject({
      rows: expect.arrayContaining([{ table: 'regions', kind: 'table', columns: { id: 'integer', name: 'text' } }]),
    });
    expect(described.text).not.toMatch(/ssn|bank_account|comp_individual|salaries/);
    const sampled = await call(client, 'sample', { table: 'deals', rows: 3 });
    expect(sampled.structured).toMatchObject({ row_count: 3, columns: { id: 'integer', amount: 'numeric', owner: 'text' } });
    expect(sampled.text).not.toContain('SECRET');
  });

  it.each([
    "insert into regions values (9, 'x')",
    'update deals set amount = 0',
    'delete from deals',
    'with gone as (delete from deals returning id) select * from gone',
    'select * into stolen from regions',
    'create table stolen as select 1',
    'truncate deals',
    'select id from regions for update',
  ])('"access": "read-only" refuses %s, and nothing changed', async (sql) => {
    const said = await ask(sql);
    expect(said).toMatchObject({ isError: true, decision: decision('read_only', 'access') });
    expect(said.text).toMatch(
      /^NOT DONE: not allowed\. Only reading is allowed here.*Nothing was changed\.\nWho can change this: data@corp/s,
    );
    const owner = new pg.Client({ connectionString: url });
    await owner.connect();
    const { rows } = await owner.query('select count(*)::int as deals, sum(amount)::int8 > 0 as worth from deals');
    await owner.end();
    expect(rows).toEqual([{ deals, worth: true }]);
  });

  it.each([
    'select * from salaries',
    'select note from public.salaries',
    'select * from all_of_it',
    'select * from pg_stats',
    'select usename from pg_user',
    'select table_name from information_schema.tables',
    'select 1 from deals where exists (select from salaries)',
    'select * from does_not_exist',
  ])('"allowed_tables" refuses %s', async (sql) => {
    expect(await ask(sql)).toMatchObject({ isError: true, decision: decision('table_not_allowed', 'allowed_tables') });
  });

  it.each([
    'select ssn from deals',
    'select * from deals',
    'select d from deals d',
    "select id from deals where ssn like 'SECRET%'",
    'select id from deals order by bank_account',
    'select sum(comp_individual) from forecasts',
    'select count(*) from deals group by deals.*',
    'select x.e from deals as x(a, b, c, d, e)',
  ])('"denied_columns" refuses %s', async (sql) => {
    const said = await ask(sql);
    expect(said).toMatchObject({ isError: true, decision: decision('column_denied', 'denied_columns') });
    expect(said.text).not.toContain('SECRET');
  });

  it('"denied_columns" also removes keys of that name in JSON, and calls no function that could look', async () => {
    const said = await ask('select details from deals order by id limit 1');
    expect(said.structured).toMatchObject({ rows: [{ details: { note: 'n1' } }] });
    expect(said.text).not.toContain('SECRET');
    expect(await ask('select peek(1)')).toMatchObject({ decision: decision('not_offered', 'query') });
    expect(await ask("select details ->> 'ssn' from deals")).toMatchObject({ decision: decision('not_offered', 'query') });
  });

  it('what is allowed is answered, with its columns, types and rows', async () => {
    const said = await ask(
      'select r.name, count(*) as deals, sum(d.amount) as amount from deals d join regions r on r.id = d.region_id group by 1 order by 1',
    );
    expect(said).toMatchObject({
      isError: false,
      structured: { columns: { name: 'text', deals: 'bigint', amount: 'numeric' }, row_count: 3 },
    });
  });

  it('"row_limit" cuts and says so, and "alert_if_rows_returned_over" alerts', async () => {
    const said = await ask('select id from deals');
    expect(said.structured).toMatchObject({ row_count: 50_000, complete: false, cut: expect.stringContaining('row_limit') });
    const alerts = await house.run(['alerts', 'list', '--json']);
    expect(alerts.out).toContain('returned 50,000 rows, over the 25,000 that its owner wants to hear of');
  });

  it('"log_every_query": each one is on record, with the tables and columns that it touched and its rows', async () => {
    const said = await ask('select name from regions where id = 2');
    const citation = /trapkey:([0-9A-Z]{26})/.exec(said.text)?.[1];
    const [executed] = await entriesOf(house, `kind:executed call:${citation}`);
    expect(executed).toMatchObject({
      data_sources: ['finance-warehouse:query', 'finance-warehouse:regions(id, name)'],
      result: { rows: 1 },
      outcome: 'done',
    });
  });

  it('"requires_approval": false asks nobody; paging is bounded by the rows of the run', async () => {
    let refused: Awaited<ReturnType<typeof ask>> | undefined;
    let answered = 0;
    for (let page = 0; page < 6 && !refused; page++) {
      const said = await ask(`select id from deals offset ${page}`);
      if (said.isError) refused = said;
      else answered++;
    }
    expect(answered).toBeLessThan(5);
    expect(refused?.text).toContain('The limit of 200000 rows read per run');
  });
});
