import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, inject, it } from 'vitest';
import { freshPostgres } from '../support/databases.ts';
import { connectAs, type House, openHouse } from '../support/e2e.ts';
import { call, connect } from '../support/e2e-client.ts';
import { around, document, fillWarehouse } from './warehouse.ts';

const rule = `---
entitlement: one-region
groups: [finance]
allow: [{ connector: finance-warehouse, rows: "row.region_id == 2" }]
`;

/** Serves it, and asks as Ann, who may have the rows of region 2: a sum is of those, and the others are refused. */
async function seesRegionTwo(house: House, refused: readonly string[]): Promise<void> {
  const gateway = await house.serve({ command: ['up', '--admin', 'boss@corp.example'] });
  const servers = await connectAs(house, 'forecast', gateway.code, ['--person', 'ann@corp.example']);
  const client = await connect(servers['forecast-finance-warehouse']);
  const counted = await call(client, 'query', {
    sql: 'select cast(count(*) as int) as n, min(region_id) as low, max(region_id) as high from deals',
  });
  expect(counted.structured).toMatchObject({ rows: [{ n: 100, low: 2, high: 2 }] });
  for (const sql of refused)
    expect(await call(client, 'query', { sql })).toMatchObject({ isError: true, decision: { code: 'not_enforceable' } });
  await client.close();
  await gateway.stop();
  house.remove();
}

it('a sum over the gateway is one of the rows that the entitlement of its person lets through', async () => {
  const database = await freshPostgres(inject('postgresUrl'));
  if (database.address.kind !== 'postgres') throw new Error('no PostgreSQL');
  const { url } = database.address;
  await fillWarehouse(url, 300);
  const account = new URL(url);
  account.username = `warehouse_${account.pathname.slice(1)}`;
  account.password = 'a password';
  const house = openHouse(
    { 'warehouse.json': document, 'corp.yaml': around({ postgres: account.href }, rule) },
    { TRAPKEY_ADMIN_URL: url },
  );
  const made = await house.run(['connector', 'provision', 'finance-warehouse', '--apply']);
  expect(made, made.out + made.err).toMatchObject({ status: 0 });
  await seesRegionTwo(house, ['select name from regions']);
  await database.remove();
}, 60_000);

it('the same over an SQLite file', async () => {
  const house = openHouse({ 'warehouse.json': document });
  const file = join(house.folder, 'warehouse.db');
  const database = new DatabaseSync(file);
  database.exec(`
    create table regions (id integer primary key, name text);
    create table deals (id integer primary key, region_id integer, amount real, ssn text);
    with recursive g(n) as (select 1 union all select n + 1 from g where n < 300)
    insert into deals select n, n % 3 + 1, n, 'SECRET-SSN-' || n from g;`);
  database.close();
  house.write('corp.yaml', around({ sqlite: file }, rule));
  await seesRegionTwo(house, ['select name from regions', 'select count(*) from main.deals']);
}, 60_000);
