import pg from 'pg';

/** `finance-warehouse` word for word as owners attach it. */
export const document = `{ "connector": "finance-warehouse",
  "access": "read-only",
  "allowed_tables": ["deals", "regions", "forecasts"],
  "denied_columns": ["ssn", "bank_account", "comp_individual"],
  "row_limit": 50000,
  "requires_approval": false,
  "audit": { "log_every_query": true, "alert_if_rows_returned_over": 25000 } }
`;

/** Everything around it. `more` is what a connector of its own adds. */
export function around(
  upstream: { readonly postgres: string } | { readonly sqlite: string },
  more = '',
  connectors = 'finance-warehouse',
): string {
  return `
organization: corp
owner: boss@corp.example
solo: true
approvals: { high: { approvers: [boss@corp.example], needs: 1, expires: 1h } }
---
directory: [{ person: ann@corp.example, groups: [finance] }]
---
connection: finance-warehouse
owner: data@corp.example
upstream: ${JSON.stringify(upstream)}
network: private
---
plugin: forecast
owner: data@corp.example
for: ["group:finance"]
release: { version: 1.0.0 }
connectors: [${connectors}]
${more}`;
}

/** A warehouse with planted secrets: whatever holds \`SECRET\` must never be seen. */
export async function fillWarehouse(url: string, deals: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    create table regions (id int primary key, name text);
    insert into regions values (1, 'EMEA'), (2, 'APAC'), (3, 'AMER');
    create table deals (id int primary key, region_id int references regions, amount numeric, owner text, ssn text, bank_account text,
      details jsonb);
    insert into deals select n, n % 3 + 1, n, 'owner ' || n % 100, 'SECRET-SSN-' || n, 'SECRET-IBAN-' || n,
      jsonb_build_object('note', 'n' || n, 'ssn', 'SECRET-JSON-' || n) from generate_series(1, ${deals}) n;
    create table forecasts (id int primary key, region_id int, amount numeric, comp_individual numeric);
    insert into forecasts select n, n % 3 + 1, n * 10, 777777 from generate_series(1, 100) n;
    create table salaries (id int primary key, note text);
    insert into salaries values (1, 'SECRET-SALARY');
    create view all_of_it as select * from deals;
    create function peek(i int) returns text language sql security definer as 'select ssn from deals where id = i';
    analyze;`);
  await client.end();
}
