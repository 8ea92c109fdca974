import { describe, expect, it } from 'vitest';
import { rowCondition } from './row-condition.ts';
import { compileSet } from './set.ts';

const base = `
connection: crm
owner: o
upstream: { url: "https://crm.example/mcp" }
---
connector: crm
tools: { look: { effect: read } }
---
connection: warehouse
owner: o
upstream: { sqlite: w.db }
---
connector: warehouse
allowed_tables: [deals]
---
plugin: p
owner: o
for: [ann@corp.example]
release: { version: 1.0.0 }
connectors: [crm, warehouse]
---
`;
const said = (more: string) => {
  const compiled = compileSet({ 'p.yaml': base + more }, { S: 'secret' });
  return compiled.ok ? [] : compiled.problems.map(({ says }) => says);
};
const oauth = 'oauth: { issuer: "https://login.example", client_id: x }';
const connection = (rest: string, upstream = '{ url: "https://x.example/mcp" }') =>
  `connection: more\nowner: o\nupstream: ${upstream}\n${rest}\n`;

describe('documents about people', () => {
  it.each([
    ['entitlement: e\nallow: [{ connector: crm }]\n', 'An entitlement is for `groups` or for `people`'],
    ['entitlement: e\ngroups: [g]\nallow: [{ connector: crn }]\n', 'There is no connector `crn`'],
    ['entitlement: e\ngroups: [g]\nallow: [{ connector: crm, tools: [lok] }]\n', 'There is no tool in `crm` `lok`'],
    ['entitlement: e\ngroups: [g]\nallow: [{ connector: crm, rows: "row.region" }]\n', ''],
    ['entitlement: e\ngroups: [g]\nallow: [{ connector: crm, rows: "args.region == 1" }]\n', 'args'],
    ['entitlement: e\ngroups: [g]\nallow: [{ connector: crm, rows: "size(row.name)" }]\n', ''],
    [
      'entitlement: e\ngroups: [g]\nallow: [{ connector: warehouse, rows: "row.name.startsWith(\'A\')" }]\n',
      'A database takes over only comparisons',
    ],
    [connection('credentials: per_person'), 'needs `oauth: { issuer, client_id, scopes }`'],
    [connection(oauth), '`oauth` belongs to `credentials: per_person` or `exchange`'],
    [connection(`credentials: exchange\nsharing: all\n${oauth}`), 'is not shared with others'],
    [connection(`credentials: per_person\n${oauth}`, '{ command: [mcp] }'), 'is for an upstream with `url`'],
    [connection('credentials: per_person\noauth: { issuer: "http://login.example", client_id: x }'), 'plain http needs `network: private`'],
    [connection('credentials: per_person\noauth: { issuer: "https://a:b@login.example", client_id: x }'), 'no password'],
    [
      connection('credentials: per_person\noauth: { issuer: "https://login.example", client_id: x, client_secret: "${env:NONE}" }'),
      'NONE is not set',
    ],
  ])('refuses %s', (text, says) => {
    const problems = said(text);
    if (says === '') return expect(problems.length <= 1).toBe(true);
    expect(problems.join('\n')).toContain(says);
  });

  it('takes what fits', () => {
    expect(
      said('entitlement: e\ngroups: [g]\nallow: [{ connector: warehouse, rows: "row.region == person.region && row.n >= 3" }]\n'),
    ).toEqual([]);
    expect(said(connection(`credentials: per_person\n${oauth}`))).toEqual([]);
  });
});

describe('row rules for a database', () => {
  const person = { id: 'ann@corp.example', groups: ['a', 'b'], region: "EMEA' OR '1'='1" };
  it.each([
    ["row.region == 'EMEA'", { column: 'region', is: '=', value: 'EMEA' }],
    ['row.region == person.region', { column: 'region', is: '=', value: person.region }],
    ['3 < row.n', { column: 'n', is: '>', value: 3 }],
    ['row.team in person.groups', { column: 'team', in: ['a', 'b'] }],
    [
      "row.t in ['x', 'y'] || !(row.open == true)",
      { any: [{ column: 't', in: ['x', 'y'] }, { not: { column: 'open', is: '=', value: true } }] },
    ],
    [
      "row.a == 'x' && row.b != 'y'",
      {
        all: [
          { column: 'a', is: '=', value: 'x' },
          { column: 'b', is: '<>', value: 'y' },
        ],
      },
    ],
  ])('%s', (source, condition) => expect(rowCondition(source)?.(person)).toEqual(condition));
  it.each([
    ...["row.name.startsWith('A')", 'row.a == row.b', 'true', "size(row.tags) > 0 && row.a == 'x'", "row.a.b == 'x'", 'has(row.a)'],
    // One value where a list is meant, or the other way round: under `!` it would let everything through.
    ...['row.region in person.region', "!(row.a in 'abc')", '!(row.region != person.groups)', "!(row.a < ['x'])"],
    ...['row.region in [person.groups]', "row.region in [['EMEA']]"],
  ])('is no condition: %s', (source) => expect(rowCondition(source)).toBeUndefined());
});
