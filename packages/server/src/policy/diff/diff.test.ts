import { describe, expect, test, vi } from 'vitest';
import { compileSet } from '../compile/set.ts';
import { diffSets } from './diff.ts';
import { comparisons } from './tighten.ts';

const running = `
organization: corp
owner: security@corp.example
autonomy: { start: unattended }
lists: { flagged: flagged.csv }
auto_execute: [{ tool: crm-act.add_note, reach: 1, because: proved, owner: o, until: 2027-03-31 }]
approvals: { high: { approvers: [group:managers, m@corp.example], needs: 1, expires: 2h } }
inside: { domains: [corp.example, partner.example] }
---
connection: crm
owner: o
upstream: { url: "https://crm.example/mcp" }
sharing: all
sampling: true
elicitation_hosts: [crm.example]
---
connector: crm
connection: crm
mode: warn
tools:
  get: { effect: read, check: [{ rule: "args.id != ''", says: An id is needed. }] }
  list: { effect: read }
resources: ["crm://*", "crm-old://*"]
---
connector: crm-act
connection: crm
access: read-write
because: it acts
tools:
  set_owner: { effect: draft, check: [{ rule: "args.owner != ''", says: Somebody owns it., mode: observe }] }
  add_note: { effect: write, reversible: true, approvals: { approvers: [a@x.example, b@x.example], needs: 1, expires: 2h } }
  set_tier: { effect: write, reversible: true }
---
plugin: sales
owner: o
for: [group:sales, group:interns]
release: { version: "1.0.0" }
connectors: [crm, crm-act]
autonomy: { crm-act.set_tier: unattended }
---
profile: outreach
plugin: sales
for: [group:sales]
allow: [{ connector: crm, tools: [get] }]
---
directory:
  - { person: a@corp.example, groups: [sales] }
  - { person: b@corp.example, groups: [sales] }
`;

function side(text: string, flagged = '1\n2\n') {
  const set = compileSet({ 'policy.yaml': text, 'flagged.csv': flagged }, {});
  if (!set.ok) throw new Error(JSON.stringify(set.problems));
  return set;
}

function changed(edit: readonly (readonly [string, string])[], flagged?: string) {
  let text = running;
  for (const [from, to] of edit) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  return diffSets(side(running), side(text, flagged));
}

test('the same set in another order is no change', () => {
  const documents = running.split('---\n');
  expect(diffSets(side(running), side(documents.toReversed().join('---\n')))).toMatchObject({ changes: [], tightens: false });
});

describe('proved to tighten', () => {
  const tightening: readonly (readonly [string, readonly (readonly [string, string])[], string])[] = [
    [
      'a connector reads only',
      [['access: read-write\nbecause: it acts\n', '']],
      'connector crm-act: access changes from read-write to read-only',
    ],
    [
      'everything asks',
      [['connector: crm-act\n', 'connector: crm-act\nrequires_approval: true\n']],
      'connector crm-act: requires_approval changes from false to true',
    ],
    [
      'a tool is no longer offered',
      [[/^ {2}set_owner: .*\n/m.exec(running)?.[0] ?? '', '']],
      'connector crm-act no longer offers set_owner',
    ],
    ['a resource is no longer offered', [[', "crm-old://*"', '']], 'connector crm: resources loses crm-old://*'],
    [
      'a check more',
      [['says: An id is needed. }', 'says: An id is needed. }, { rule: "size(args.id) < 9", says: Too long. }']],
      'connector crm: tools.get.check changes',
    ],
    [
      'a check that only observed',
      [['Somebody owns it., mode: observe', 'Somebody owns it., mode: enforce']],
      'connector crm-act: tools.set_owner.check changes',
    ],
    [
      'a schema more',
      [['list: { effect: read }', 'list: { effect: read, arguments: { maxProperties: 2 } }']],
      'connector crm: tools.list.arguments is set',
    ],
    ['a stricter mode', [['mode: warn', 'mode: enforce']], 'connector crm: mode changes from warn to enforce'],
    ['nobody of a group', [[', group:interns', '']], 'plugin sales: for loses group:interns'],
    [
      'a workflow asks again',
      [['set_tier: unattended', 'set_tier: approve']],
      'plugin sales: autonomy.crm-act.set_tier changes from unattended to approve',
    ],
    [
      'a workflow is staged and sampled',
      [['set_tier: unattended', 'set_tier: sample']],
      'plugin sales: autonomy.crm-act.set_tier changes from unattended to sample',
    ],
    ['a workflow only drafts', [['set_tier: unattended', 'set_tier: draft']], 'plugin sales: autonomy.crm-act.set_tier'],
    [
      'nothing by itself',
      [['auto_execute: [{ tool: crm-act.add_note, reach: 1, because: proved, owner: o, until: 2027-03-31 }]\n', '']],
      'organization corp: auto_execute loses',
    ],
    ['workflows start with a person', [['start: unattended', 'start: approve']], 'organization corp: autonomy.start'],
    ['workflows start with drafts', [['start: unattended', 'start: draft']], 'organization corp: autonomy.start'],
    [
      'two approvers',
      [['needs: 1, expires: 2h } }\ninside', 'needs: 2, expires: 2h } }\ninside']],
      'approvals.high.needs changes from 1 to 2',
    ],
    [
      'less time',
      [['needs: 1, expires: 2h } }\ninside', 'needs: 1, expires: 30m } }\ninside']],
      'approvals.high.expires changes from 2h to 30m',
    ],
    [
      'a freeze',
      [['organization: corp\n', 'organization: corp\nfreeze: [{ from: 2026-12-24, to: 2027-01-02, bars: [write] }]\n']],
      'organization corp: freeze gains',
    ],
    ['a higher tier', [['organization: corp\n', 'organization: corp\ntiers: { high: [write] }\n']], 'organization corp: tiers'],
    [
      'nothing shared',
      [
        ['sharing: all', 'sharing: none'],
        ['sampling: true', 'sampling: false'],
        ['elicitation_hosts: [crm.example]\n', ''],
      ],
      'connection crm: sharing',
    ],
  ];
  test.each(tightening)('%s', (_, edit, says) => {
    const { changes, tightens } = changed(edit);
    expect(changes.map((change) => change.says).join('\n')).toContain(says);
    expect({ tightens, changes: changes.filter(({ effect }) => effect === 'loosens') }).toEqual({ tightens: true, changes: [] });
  });
});

describe('waits for a person', () => {
  const waiting: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    ['another expression', [["args.id != ''", "args.id != 'x'"]]],
    ['a check less', [['[{ rule: "args.id != \'\'", says: An id is needed. }]', '[]']]],
    ['a check that takes over a mode', [['Somebody owns it., mode: observe', 'Somebody owns it.']]],
    ['a check that only warns', [['says: An id is needed. }', 'says: An id is needed., mode: warn }']]],
    ['another effect', [['list: { effect: read }', 'list: { effect: draft }']]],
    ['a tool taken off where what is not listed is only warned of', [['  list: { effect: read }\n', '']]],
    ['a tool more', [['  list: { effect: read }\n', '  list: { effect: read }\n  more: { effect: read }\n']]],
    ['a tool taken off a list with *', [['  list: { effect: read }\n', '  "*": { effect: read }\n']]],
    ['a person more', [['group:interns]', 'group:interns, c@corp.example]']]],
    ['another release', [['version: "1.0.0"', 'version: "1.0.1"']]],
    ['a level where the start held', [['set_tier: unattended }', 'set_tier: unattended, crm-act.add_note: approve }']]],
    ['an autonomy level that is left out', [['autonomy: { crm-act.set_tier: unattended }\n', '']]],
    [
      'a profile that is removed',
      [['profile: outreach\nplugin: sales\nfor: [group:sales]\nallow: [{ connector: crm, tools: [get] }]\n---\n', '']],
    ],
    ['another directory', [['  - { person: b@corp.example, groups: [sales] }\n', '']]],
    ['a domain that is no longer inside', [[', partner.example', '']]],
    ['one person for everything', [['organization: corp\n', 'organization: corp\nsolo: true\n']]],
    ['a softer mode', [['mode: warn', 'mode: observe']]],
    ['another upstream', [['https://crm.example/mcp', 'https://crm2.example/mcp']]],
    ['other words', [['owner: security@corp.example', 'owner: nobody@corp.example']]],
    ['an auto-executed call of another reach', [['reach: 1, because: proved', 'reach: 9, because: proved']]],
    [
      'tightening and loosening at once',
      [
        ['mode: warn', 'mode: enforce'],
        ['reach: 1, because: proved', 'reach: 9, because: proved'],
      ],
    ],
  ];
  test.each(waiting)('%s', (_, edit) => {
    const { changes, tightens } = changed(edit);
    expect(changes.length).toBeGreaterThan(0);
    expect(tightens).toBe(false);
  });

  test.each(['1\n2\n3\n', '1\n'])('a list that changed to %j, whose values are never shown', (flagged) => {
    const { changes, tightens } = changed([], flagged);
    expect({ tightens, said: changes.map(({ document, effect }) => [document, effect]) }).toEqual({
      tightens: false,
      said: [['list flagged', 'loosens']],
    });
  });
});

test('no way back is proved to tighten too, save for what two sets cannot order', () => {
  const forth = changed([
    ['mode: warn', 'mode: enforce'],
    [', group:interns', ''],
    ['start: unattended', 'start: approve'],
  ]);
  const texts = [
    running,
    running.replace('mode: warn', 'mode: enforce').replace(', group:interns', '').replace('start: unattended', 'start: approve'),
  ] as const;
  expect(forth.tightens).toBe(true);
  expect(diffSets(side(texts[1]), side(texts[0])).changes.every(({ effect }) => effect === 'loosens')).toBe(true);
});

test('the list of comparisons is as documented', () => {
  expect(comparisons.map(({ kind, path }) => `${kind} ${path}`.trim())).toMatchInlineSnapshot(`
    [
      "connector",
      "connector access",
      "connector requires_approval",
      "connector mode",
      "connector resources",
      "connector prompts",
      "connector row_limit",
      "connector allowed_tables",
      "connector denied_columns",
      "connector canaries",
      "connector screen.*",
      "connector regions",
      "plugin may_not_see",
      "plugin may_not_leave",
      "connector limits.*",
      "connector tools.*.limits.*",
      "connector tools.*",
      "connector tools.*.requires_approval",
      "connector tools.*.reversible",
      "connector tools.*.mode",
      "connector tools.*.check",
      "connector tools.*.arguments",
      "connector tools.*.approvals.needs",
      "connector tools.*.approvals.expires",
      "connector tools.*.approvals.approvers",
      "connector tools.*.approvals.distinct",
      "connector tools.*.approvals.escalate",
      "connector tools.*.approvals.delegates.*",
      "connector tools.*.approvals.run",
      "plugin",
      "plugin for",
      "plugin connectors",
      "plugin autonomy.*",
      "plugin mode",
      "plugin limits.*",
      "profile limits.*",
      "connection",
      "connection sampling",
      "connection sharing",
      "connection elicitation_hosts",
      "organization limits.*",
      "organization solo",
      "organization autonomy.start",
      "organization auto_execute",
      "organization freeze",
      "organization mode",
      "organization approvals.*.needs",
      "organization approvals.*.expires",
      "organization approvals.*.approvers",
      "organization approvals.*.distinct",
      "organization approvals.*.escalate",
      "organization approvals.*.delegates.*",
      "organization approvals.*.run",
      "organization break_glass",
      "organization blast_radius.max",
      "organization blast_radius.above.needs",
    ]
  `);
});

test('a table taken off a list tightens; taking the whole list away, which allows every table, waits', () => {
  const warehouse = (tables: string) => `${running}---
connection: warehouse
owner: o
upstream: { postgres: "postgres://localhost/w" }
---
connector: warehouse
${tables}tools: { query: { effect: read } }
`;
  const both = side(warehouse('allowed_tables: [sales, stock]\n'));
  expect(diffSets(both, side(warehouse('allowed_tables: [sales]\n'))).tightens).toBe(true);
  expect(diffSets(both, side(warehouse('')))).toMatchObject({ tightens: false, changes: [{ effect: 'loosens' }, { effect: 'loosens' }] });
});

test('a large directory that changes is walked once a side, not once a change', () => {
  const [one, other] = ['x', 'y'].map((group) => {
    const people = Array.from({ length: 300 }, (_, i) => `  - { person: p${i}@corp.example, groups: [${group}${i}] }`).join('\n');
    return side(running.replace('directory:\n', `directory:\n${people}\n`));
  });
  if (!one || !other) throw new Error('no sides');
  const walked = vi.spyOn(Map.prototype, 'values');
  try {
    expect(diffSets(one, other).changes.length).toBeGreaterThan(300);
    expect(walked.mock.calls.length).toBeLessThan(10);
  } finally {
    walked.mockRestore();
  }
});
