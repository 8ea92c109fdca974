import fc from 'fast-check';

/** A shop with planted secrets, and an account that may read what the document of the tests says. */
export function shop(account: string): string {
  return `
    create table people (id int primary key, name text, ssn text, card text);
    insert into people select n, 'name ' || n, 'SECRET-SSN-' || n, 'SECRET-CARD-' || n from generate_series(1, 2) n;
    create table orders (id int primary key, person int, amount numeric, note text);
    insert into orders select n, n % 2 + 1, n, 'note ' || n from generate_series(1, 20) n;
    create table salaries (id int primary key, note text);
    insert into salaries values (1, 'SECRET-SALARY');
    create view v_people as select id, name from people;
    create view v_all as select p.id, s.note from people p join salaries s on s.id = p.id;
    create function spy(o orders) returns text language sql security definer as 'select ssn from people limit 1';
    analyze;
    create role ${account} login;
    grant select (id, name) on people to ${account};
    grant select, insert, update, delete on orders to ${account};
    grant select on v_people, v_all to ${account};`;
}

/** Of every standing, but mostly such as may be read: most statements would end at their first name otherwise. */
const often = (may: readonly string[], other: readonly string[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...may) }, { weight: 1, arbitrary: fc.constantFrom(...other) });
const tables = often(['people', 'orders', 'v_people', 'public.people'], ['v_all', 'salaries', 'pg_class', 'x']);
const columns = often(['id', 'name', 'person', 'amount', 'note', 'a', 'b'], ['ssn', 'card', '"ssn"', 'SSN', 'U&"\\0073sn"', 'c', 'd']);
const aliases = often(['p'], ['people', 'orders', 'ssn', 'id']);
const calls = often(
  ['count', 'max', 'lower', 'to_jsonb', 'array_agg', 'length', 'concat'],
  ['row_to_json', 'json_agg', 'spy', 'hashtext', 'ssn'],
);

/** Statements that mostly make sense to PostgreSQL, over tables and columns of every standing. */
export const statement: fc.Arbitrary<string> = fc.letrec<{ value: string; from: string; select: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 8, arbitrary: columns },
    { weight: 2, arbitrary: fc.constantFrom('1', "'x'", 'null', 'true', 'count(*)', 'current_date') },
    fc.tuple(aliases, columns).map(([alias, column]) => `${alias}.${column}`),
    aliases,
    fc.tuple(calls, tie('value')).map(([name, of]) => `${name}(${of})`),
    fc
      .tuple(tie('value'), fc.constantFrom('=', '||', '<', 'is distinct from', '->>'), tie('value'))
      .map(([l, op, r]) => `(${l} ${op} ${r})`),
    tie('select').map((select) => `(${select})`),
    tie('select').map((select) => `exists (${select})`),
    fc.tuple(tie('value'), tie('value')).map(([w, t]) => `case when ${w} is null then ${t} end`),
    tie('value').map((of) => `(${of})::text`),
    tie('value').map((of) => `array(select ${of})`),
    tie('value').map((of) => `row(${of}, 1)`),
    fc.tuple(tie('value'), columns).map(([of, column]) => `(${of}).${column}`),
  ),
  from: fc.oneof(
    { maxDepth: 2 },
    tables,
    fc.tuple(tables, aliases).map(([table, alias]) => `${table} as ${alias}`),
    fc.tuple(tables, aliases).map(([table, alias]) => `${table} as ${alias}(a, b, c, d)`),
    fc.tuple(tie('select'), aliases).map(([select, alias]) => `(${select}) as ${alias}`),
    fc.tuple(tie('select'), aliases).map(([select, alias]) => `lateral (${select}) as ${alias}`),
    fc.tuple(tie('from'), tie('from')).map(([l, r]) => `${l} cross join ${r}`),
    fc.tuple(tie('from'), tie('from')).map(([l, r]) => `${l} natural join ${r}`),
    fc.tuple(tie('from'), tie('from'), columns).map(([l, r, column]) => `${l} join ${r} using (${column})`),
    fc.tuple(tie('from'), tie('from'), aliases).map(([l, r, alias]) => `(${l} join ${r} on true) as ${alias}`),
    fc.tuple(tie('value'), aliases).map(([of, alias]) => `unnest(array[${of}]) as ${alias}`),
  ),
  select: fc
    .record({
      values: fc.array(
        fc.oneof(
          { weight: 4, arbitrary: tie('value') },
          { weight: 1, arbitrary: fc.constant('*') },
          { weight: 1, arbitrary: aliases.map((alias) => `${alias}.*`) },
        ),
        { minLength: 1, maxLength: 2 },
      ),
      from: fc.array(tie('from'), { minLength: 1, maxLength: 2 }),
      where: fc.option(tie('value')),
      order: fc.option(tie('value')),
      name: fc.option(aliases),
      recursive: fc.boolean(),
      inner: fc.option(tie('value')),
    })
    .map(({ values, from, where, order, name, recursive, inner }) =>
      [
        name !== null && inner !== null ? `with ${recursive ? 'recursive ' : ''}${name} as (select ${inner} as ssn from people)` : '',
        `select ${values.join(', ')}`,
        from.length > 0 ? `from ${from.join(', ')}` : '',
        where === null ? '' : `where ${where} is not null`,
        order === null ? '' : `order by ${order}`,
      ].join(' '),
    ),
})).select;
