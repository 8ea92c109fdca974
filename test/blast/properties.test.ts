import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blastChanges } from '../../packages/server/src/inventory/blast/read.ts';
import { diffSets } from '../../packages/server/src/policy/diff/diff.ts';
import { compiledOf, nowMs, type Parts, type Written } from './documents.ts';

const runs = Number(process.env['TRAPKEY_BLAST_RUNS'] ?? 300);
const names = ['edit', 'bulk', 'drop', 'send_mail'] as const;
const option = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const mode = option(fc.constantFrom('observe', 'warn', 'enforce'));
const limit = fc.tuple(fc.constantFrom(0, 1, 5, 40), fc.constantFrom('run', '1h', '1d')).map(([most, per]) => `${most} per ${per}`);
const limits = option(fc.record({ writes: limit, actions: limit, records: limit, people: limit, sends: limit }, { requiredKeys: [] }));
const approvals = option(
  fc.record({ approvers: fc.constant(['group:leads', 'group:more']), needs: fc.constantFrom(1, 2) }, { requiredKeys: ['approvers'] }),
);

const tool: fc.Arbitrary<Written> = fc
  .record({
    effect: fc.constantFrom('write', 'delete', 'send', 'execute', 'read'),
    reversible: option(fc.boolean()),
    reach: option(fc.constantFrom('1', '7', 'args.n', 'size(args.ids)')),
    check: option(fc.constantFrom([{ rule: 'reach <= 20', says: 'Few.' }], [{ rule: 'size(args.ids) <= 3', says: 'Few.' }])),
    arguments: option(fc.constant({ properties: { ids: { type: 'array', maxItems: 4 } } })),
    requires_approval: option(fc.boolean()),
    approvals,
    limits,
    mode,
  })
  .map((all) => ({ ...all, check: all.reach === undefined ? undefined : all.check }));

const policy: fc.Arbitrary<Parts> = fc
  .record({
    tools: fc.dictionary(fc.constantFrom(...names), tool, { minKeys: 1 }),
    unattended: fc.subarray([...names]),
    start: fc.constantFrom('approve', 'unattended'),
    record: fc.boolean(),
    auto: fc.array(fc.record({ tool: fc.constantFrom(...names), reach: fc.constantFrom(1, 5), together: option(fc.constantFrom(5, 50)) }), {
      maxLength: 3,
    }),
    connector: fc.record({ mode, limits, requires_approval: option(fc.boolean()) }),
    general: limits,
    own: limits,
  })
  .map(({ tools, unattended, start, record, auto, connector, general, own }): Parts => {
    const may = (name: string) => tools[name]?.effect === 'write' && tools[name]?.['reversible'] === true;
    const line = { because: 'earned', owner: 'ada@corp.example', until: '2027-03-31' };
    const listed = auto.filter((one) => tools[one.tool]?.effect === 'write').map((one) => ({ ...line, ...one, tool: `mail.${one.tool}` }));
    return {
      tools,
      plugin: { autonomy: Object.fromEntries(unattended.filter(may).map((name) => [`mail.${name}`, 'unattended'])), limits: own },
      mail: { ...connector, system_of_record: record },
      organization: { autonomy: { start }, auto_execute: listed, limits: general },
    };
  });

/** Sets a field, or takes it away, somewhere in the documents. */
const edit = fc.tuple(
  fc.constantFrom(
    ...(['mode', 'requires_approval', 'limits.writes', 'limits.records', 'limits.people', 'access'] as const).map(
      (field) => `mail/${field}`,
    ),
    ...names.flatMap((name) =>
      ['', 'reversible', 'mode', 'requires_approval', 'check', 'arguments', 'limits.writes', 'limits.sends', 'approvals.needs'].map(
        (field) => `tools/${name}.${field}`,
      ),
    ),
    ...['autonomy.start', 'limits.writes', 'limits.people', 'limits.actions', 'auto_execute', 'mode'].map(
      (field) => `organization/${field}`,
    ),
    ...names.map((name) => `plugin/autonomy.mail.${name}`),
    'plugin/limits.writes',
  ),
  fc.constantFrom<unknown>(
    undefined,
    true,
    false,
    'enforce',
    'observe',
    'approve',
    '1 per run',
    '2 per 1h',
    '0 per 1d',
    'read-only',
    2,
    [],
    [{ rule: 'reach <= 2', says: 'Few.' }],
  ),
);

function edited(parts: Parts, [place, value]: readonly [string, unknown]): Parts {
  const [root = '', path = ''] = place.split('/');
  const keys = path.startsWith('autonomy.mail.')
    ? ['autonomy', path.slice('autonomy.'.length)]
    : path.split('.').filter((key) => key !== '');
  const put = (at: Readonly<Record<string, unknown>>, [key = '', ...rest]: readonly string[]): Record<string, unknown> => {
    const { [key]: old, ...others } = at;
    const next = rest.length === 0 ? value : put((old ?? {}) as Record<string, unknown>, rest);
    return next === undefined ? others : { ...others, [key]: next };
  };
  return { ...parts, [root]: put(((parts as unknown as Record<string, unknown>)[root] ?? {}) as Record<string, unknown>, keys) };
}

function setOf(parts: Parts) {
  try {
    return compiledOf(parts);
  } catch {
    return undefined;
  }
}

test('a change that is proved to tighten never enlarges it', () => {
  let tightened = 0;
  fc.assert(
    fc.property(policy, fc.array(edit, { minLength: 1, maxLength: 12 }), (parts, edits) => {
      const before = setOf(parts);
      if (!before) return;
      for (const one of edits) {
        const after = setOf(edited(parts, one));
        if (!after || !diffSets(before, after).tightens) continue;
        tightened++;
        const grown = blastChanges({ set: before.set, grants: [], nowMs }, { set: after.set, grants: [], nowMs }).filter(
          ({ grows }) => grows,
        );
        expect(grown, JSON.stringify(one)).toEqual([]);
      }
    }),
    { numRuns: runs, seed: 20261121 },
  );
  expect(tightened).toBeGreaterThan(runs / 4);
});

test('one more tool that runs unattended never shrinks it', () => {
  let added = 0;
  fc.assert(
    fc.property(policy, tool, (parts, more) => {
      const before = setOf(parts);
      const alone = { ...more, effect: 'write', reversible: true };
      const after = setOf({
        ...parts,
        tools: { ...parts.tools, another: alone },
        plugin: { ...parts.plugin, autonomy: { ...(parts.plugin?.['autonomy'] as object), 'mail.another': 'unattended' } },
      });
      if (!before || !after) return;
      added++;
      const shrunk = blastChanges({ set: before.set, grants: [], nowMs }, { set: after.set, grants: [], nowMs }).filter(
        ({ grows }) => !grows,
      );
      expect(shrunk).toEqual([]);
    }),
    { numRuns: runs, seed: 20261121 },
  );
  expect(added).toBeGreaterThan(runs / 2);
});
