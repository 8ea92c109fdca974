import { expect, inject, it } from 'vitest';
import { freshPostgres } from '../support/databases.ts';
import { connectAs, openHouse } from '../support/e2e.ts';
import { call, connect } from '../support/e2e-client.ts';
import { around, document, fillWarehouse } from './warehouse.ts';

const rule = `---
entitlement: one-region
groups: [finance]
allow: [{ connector: finance-warehouse, rows: "row.region_id == 2" }]
`;

it('a sum over the gateway is one of the rows that the entitlement of its person lets through', async () => {
  const database = await freshPostgres(inject('postgresUrl'));
  if (database.address.kind !== 'postgres') throw new Error('no PostgreSQL');
  const { url } = database.address;
  await fillWarehouse(url, 300);
  const account = new URL(url);
  account.username = `warehouse_${account.pathname.slice(1)}`;
  account.password = 'a password';
  const house = openHouse({ 'warehouse.json': document, 'corp.yaml': around(account.href, rule) }, { TRAPKEY_ADMIN_URL: url });
  const made = await house.run(['connector', 'provision', 'finance-warehouse', '--apply']);
  expect(made, made.out + made.err).toMatchObject({ status: 0 });
  const gateway = await house.serve({ command: ['up', '--admin', 'boss@corp.example'] });
  const servers = await connectAs(house, 'forecast', gateway.code, ['--person', 'ann@corp.example']);
  const client = await connect(servers['forecast-finance-warehouse']);
  const counted = await call(client, 'query', {
    sql: 'select count(*)::int as n, min(region_id) as low, max(region_id) as high from deals',
  });
  expect(counted.structured).toMatchObject({ rows: [{ n: 100, low: 2, high: 2 }] });
  expect(await call(client, 'query', { sql: 'select name from regions' })).toMatchObject({
    isError: true,
    decision: { code: 'not_enforceable' },
  });
  await client.close();
  await gateway.stop();
  house.remove();
  await database.remove();
}, 60_000);
