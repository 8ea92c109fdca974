import { expect, test } from 'vitest';
import { compileSet } from './set.ts';

const head = `connection: crm
owner: o
upstream: { url: "https://crm.example/mcp" }
---
connector: crm
tools:
  get_account: { effect: read, overlay: { of: crm-act.set_tier, where: "staged.id == args.id", set: { tier: staged.tier } } }
---
connector: crm-act
connection: crm
access: read-write
because: re-tiering
tools:
`;

function compiled(tools: string) {
  return compileSet({ 'a.yaml': head + tools }, {});
}

function problems(tools: string): readonly string[] {
  const set = compiled(tools);
  return set.ok ? [] : set.problems.map(({ line, says }) => `${line}: ${says}`);
}

const setTier = `  set_tier:
    effect: write
    before: { tool: get_account, args: { id: args.id } }
    undo: { tool: set_tier, args: { id: args.id, tier: before.tier } }
    stage: { over: 20 per run, sample: 10, ticket_over: 1000 }
`;

test('a write with a before-image and a way back is reversible, and its stage is read', () => {
  const set = compiled(setTier);
  if (!set.ok) throw new Error(problems(setTier).join('\n'));
  const tool = set.set.connectors.get('crm-act')?.tools.get('set_tier');
  expect(tool).toMatchObject({
    reversible: true,
    before: { connector: 'crm', tool: 'get_account' },
    undo: { tool: 'set_tier' },
    stage: { over: 20, sample: 10, ticketOver: 1000, rule: 'stage/crm-act.set_tier' },
  });
  const scope = { args: { id: '7' }, before: { tier: 'B' } } as never;
  expect(Object.entries(tool?.undo?.args ?? {}).map(([name, { evaluate }]) => [name, evaluate(scope)])).toEqual([
    ['id', '7'],
    ['tier', 'B'],
  ]);
  const overlay = set.set.connectors.get('crm')?.tools.get('get_account')?.overlays;
  expect(overlay).toMatchObject({ of: 'crm-act.set_tier' });
  expect(overlay?.where.evaluate({ args: { id: '7' }, staged: { id: '7', tier: 'A' } } as never)).toBe(true);
});

test.each([
  ['  set_tier: { effect: write, undo: { tool: set_tier, args: { tier: before.tier } } }\n', '`before`'],
  ['  set_tier: { effect: write, undo: { tool: sett_tier } }\n', 'There is no tool `sett_tier`'],
  ['  set_tier: { effect: write, before: { tool: set_tier } }\n', 'A probe reads'],
  ['  set_tier: { effect: write, stage: { over: 20 per day } }\n', '20 per run'],
  ['  look: { effect: read, stage: { over: 20 per run } }\n', 'A read changes nothing'],
  ['  set_tier: { effect: write, overlay: { of: crm-act.set_tier, where: "true", set: {} } }\n', '`overlay` belongs to a read'],
  ['  set_tier: { effect: write, undo: { tool: set_tier, args: { tier: after.tier } } }\n', 'after'],
])('%s', (tools, says) => {
  expect(problems(tools)).toContainEqual(expect.stringContaining(says));
});

test('what a change itself answered can be what takes it back, whatever its fields are called', () => {
  expect(problems('  set_tier: { effect: write, undo: { tool: set_tier, args: { id: args.id, tier: result.before } } }\n')).toEqual([]);
});
