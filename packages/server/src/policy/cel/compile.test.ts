import { describe, expect, test } from 'vitest';
import type { ExpressionScope } from '../../kernel/rules.ts';
import { stepsMax } from './budget.ts';
import { compileExpression } from './compile.ts';
import type { Wanted } from './result-type.ts';

const context = {
  id: 'check/x/1',
  names: {
    roots: new Set(['args', 'person', 'run', 'lists', 'now', 'reach']),
    fields: new Map([
      ['person', new Set(['id', 'groups', 'region'])],
      ['lists', new Set(['flagged'])],
    ]),
  },
  lists: new Map([['flagged', new Map<string, true>([['4821', true]])]]),
};
const scope: ExpressionScope = {
  args: { id: '4821', number: 4821, n: 3, to: ['a@x.example', 'b@y.example'], nested: { k: null } },
  person: { id: 'p', groups: ['sales'], region: 'eu' },
  plugin: 'p',
  release: 'p@1',
  profile: '',
  run: { id: 'R-1', started: 1_000 },
  agent: { id: '', depth: 0 },
  tool: 't',
  connector: 'c',
  now: 61_000,
};

function evaluate(source: string, wanted: Wanted): unknown {
  const compiled = compileExpression(source, wanted, context);
  if (!compiled.ok) throw new Error(`${compiled.says}${compiled.nearest === undefined ? '' : ` (${compiled.nearest})`}`);
  return compiled.expression.evaluate(scope);
}

describe('what an expression gives', () => {
  const given: readonly (readonly [string, Wanted, unknown])[] = [
    ["args.id in ['4821', '1']", 'boolean', true],
    ['args.id in lists.flagged', 'boolean', true],
    ['args.number in lists.flagged', 'boolean', true],
    ["'4822' in lists.flagged", 'boolean', false],
    ['args.n + 1 == 4', 'boolean', true],
    ['2 * args.n', 'count', 6],
    ['size(args.to)', 'count', 2],
    ['args.n / 2', 'number', 1.5],
    ["args.to.all(x, x.endsWith('.example'))", 'boolean', true],
    ["args.to.exists_one(x, x == 'a@x.example')", 'boolean', true],
    ['args.to', 'strings', ['a@x.example', 'b@y.example']],
    ["args.to.map(x, x.split('@')[1])", 'strings', ['x.example', 'y.example']],
    ["args.id.matches('^[0-9]{4,8}$')", 'boolean', true],
    ["now - run.started < duration('2m')", 'boolean', true],
    ["has(args.missing) ? args.missing : 'none'", 'string', 'none'],
    ['has(args.constructor)', 'boolean', false],
    ["'sales' in person.groups", 'boolean', true],
    ["{'id': args.id, 'n': [args.n]}", 'any', { id: '4821', n: [3] }],
  ];
  test.each(given)('%s as %s', (source, wanted, result) => {
    expect(evaluate(source, wanted)).toEqual(result);
  });
});

describe('what is refused when the set is loaded', () => {
  const refused: readonly (readonly [string, Wanted, string])[] = [
    ['arg.id == 1', 'boolean', 'Unknown name `arg` here; known are args, person, run, lists, now, reach (args)'],
    ["provenance.id == 'x'", 'boolean', 'This build cannot enforce `provenance`'],
    ["person.regon == 'eu'", 'boolean', '`person` has no `regon` (region)'],
    ['args.id in lists.flaged', 'boolean', '`lists` has no `flaged` (flagged)'],
    ['args.id.startWith("4")', 'boolean', 'Unknown function `startWith` (startsWith)'],
    ['args.to.all(x, y == x)', 'boolean', 'Unknown name `y` here'],
    ["args.id.matches('(?=a)')", 'boolean', 'The pattern "(?=a)" cannot be used'],
    ['args.id ==', 'boolean', 'The expression cannot be read'],
    ["'text'", 'boolean', 'It gives string, and true or false is asked for here'],
    ['args.n > 1', 'count', 'It gives bool, and a whole number from 0 up is asked for here'],
    ['1', 'string', 'It gives int, and text is asked for here'],
    ["'a'", 'strings', 'It gives string, and a list of text is asked for here'],
    ['args.to.all(a, args.to.all(b, args.to.all(c, true)))', 'boolean', 'Loops are nested deeper than 2'],
    ['google.protobuf.Struct{}', 'any', 'is no type that a policy can make'],
  ];
  test.each(refused)('%s as %s', (source, wanted, says) => {
    expect(() => evaluate(source, wanted)).toThrow(says);
  });
});

describe('what refuses the call', () => {
  test.each([
    ['args.missing == 1', 'boolean'],
    ['args.id', 'boolean'],
    ['args.n / 2', 'count'],
    ['0 - args.n', 'count'],
    ['args.nested', 'strings'],
    ['args.to[5]', 'string'],
    ['reach > 5', 'boolean'],
    ["args.id.matches(args.to[0] + '(')", 'boolean'],
  ] as const)('%s as %s', (source, wanted) => {
    expect(() => evaluate(source, wanted)).toThrow('Rule check/x/1: ');
  });
});

test('an expression says what it mentions, and not what it binds itself', () => {
  const compiled = compileExpression('args.to.exists(run, run in lists.flagged) && reach > 1', 'boolean', context);
  expect(compiled.ok && [...compiled.expression.mentions].sort()).toEqual(['args', 'lists', 'reach']);
});

test('a pattern from arguments is matched in linear time', () => {
  const compiled = compileExpression("args.id.matches('^(a+)+$')", 'boolean', context);
  expect(compiled.ok && compiled.expression.evaluate({ ...scope, args: { id: `${'a'.repeat(20_000)}!` } })).toBe(false);
});

describe('how much an expression may do', () => {
  const names = { roots: new Set(['args']), fields: new Map() };
  const over = (source: string, args: ExpressionScope['args']) => () => {
    const compiled = compileExpression(source, 'boolean', { id: 'check/x/1', names, lists: new Map() });
    if (!compiled.ok) throw new Error(compiled.says);
    return compiled.expression.evaluate({ ...scope, args });
  };
  const to = Array.from({ length: 5_000 }, (_, i) => `a${i}@x.example`);
  const args = { to, text: 'a'.repeat(2_000_000), deep: { to } };

  test.each([
    'args.to.all(x, args.to.all(y, true))',
    'args.to.all(x, args.to.exists(y, y == x))',
    'args.to.all(x, x in args.to)',
    'args.to.all(x, !args.text.contains(x))',
    'args.to.all(x, args.deep == args.deep)',
    "args.text.split('').all(x, x == 'a')",
    "args.text.matches('[a-z]+[0-9]')",
    'args.to.all(x, (args.text + x).size() > 1)',
  ])('%s over much is refused', (source) => {
    expect(over(source, args)).toThrow(`Rule check/x/1: it takes more than ${stepsMax} steps over these arguments`);
    // The next one starts anew.
    expect(over("args.to.all(x, x.endsWith('.example'))", args)()).toBe(true);
  });

  test('many recipients may be looked at, gathered and looked at again', () => {
    const many = { to: Array.from({ length: 8_000 }, (_, i) => `a${i}@x.example`) };
    expect(over("args.to.map(x, x.split('@')[1]).size() == 8000", many)()).toBe(true);
    expect(over("args.to.filter(x, x != 'b').all(x, x != 'b')", many)()).toBe(true);
  });

  test('lists that share what they were made from do not see each other grow', () => {
    expect(over("[args.to + ['q']].all(l, (l + ['a'])[2] == 'a' && (l + ['b'])[2] == 'b' && l.size() == 2)", { to: ['p'] })()).toBe(true);
    expect(over("[args.to + ['q']].map(l, [l + ['a'], l + ['b']]).all(l, l[0] != l[1])", { to: ['p'] })()).toBe(true);
  });
});
