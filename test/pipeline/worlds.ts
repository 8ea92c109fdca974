import { effectOrder } from '@trapkey/contract/upstream.ts';
import fc from 'fast-check';
import { stringify } from 'yaml';
import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';

/** A random policy: one connector of four tools, every switch thrown at random. */
export interface World {
  readonly policy: PolicySet;
  readonly tools: readonly WorldTool[];
  readonly access: 'read-only' | 'read-write';
  /** True when anything at all is in observe or warn mode. */
  readonly soft: boolean;
}

interface WorldTool {
  readonly name: string;
  readonly effect: (typeof effectOrder)[number];
  readonly listed: boolean;
}

const mode = fc.constantFrom(
  'enforce' as const,
  'enforce' as const,
  'enforce' as const,
  'enforce' as const,
  'observe' as const,
  'warn' as const,
);

const tool = fc.record({
  effect: fc.constantFrom(...effectOrder),
  listed: fc.boolean(),
  reversible: fc.boolean(),
  requiresApproval: fc.boolean(),
  unattended: fc.boolean(),
  automatic: fc.boolean(),
  reach: fc.constantFrom(undefined, '1', 'args.n'),
  check: fc.constantFrom(undefined, undefined, undefined, 'args.n < 3.0', 'reach < 3', 'args.missing == 1'),
  destination: fc.constantFrom(undefined, 'args.to'),
  mode,
});

/** Random policies that check. */
export const worlds: fc.Arbitrary<World> = fc
  .record({
    tools: fc.array(tool, { minLength: 4, maxLength: 4 }),
    access: fc.constantFrom('read-write' as const, 'read-write' as const, 'read-only' as const),
    requiresApproval: fc.boolean(),
    systemOfRecord: fc.boolean(),
    organizationMode: mode,
    start: fc.constantFrom('approve', 'unattended'),
    profiled: fc.boolean(),
  })
  .map((drawn) => {
    const tools = drawn.tools.map((one, i) => ({ ...one, name: `t${i}`, listed: one.listed || i === 0 }));
    const listed = tools.filter((one) => one.listed);
    const runsAlone = listed.filter(
      (one) => one.unattended && (['read', 'draft'].includes(one.effect) || (one.effect === 'write' && one.reversible)),
    );
    const automatic = listed.filter((one) => one.automatic && ['read', 'draft', 'write'].includes(one.effect));
    const documents = [
      {
        organization: 'o',
        owner: 'root@o.example',
        mode: drawn.organizationMode,
        inside: { domains: ['o.example'] },
        autonomy: { start: drawn.start },
        approvals: { high: { approvers: ['boss@o.example'], needs: 1, expires: '1h' } },
        auto_execute: automatic.map(({ name }) => ({ tool: `c.${name}`, reach: 1, because: 'b', owner: 'o', until: '2027-01-01' })),
      },
      { directory: [{ person: 'ann@o.example', groups: ['g'] }, { person: 'boss@o.example', groups: ['g'] }, { person: 'eve@o.example' }] },
      { connection: 'c', owner: 'own@o.example', upstream: { command: ['c'] } },
      {
        connector: 'c',
        access: drawn.access,
        ...(drawn.access === 'read-write' && { because: 'b' }),
        requires_approval: drawn.requiresApproval,
        system_of_record: drawn.systemOfRecord,
        tools: Object.fromEntries(
          listed.map((one) => [
            one.name,
            {
              effect: one.effect,
              reversible: one.reversible,
              requires_approval: one.requiresApproval,
              mode: one.mode,
              ...(one.reach && { reach: one.reach }),
              ...(one.destination && { destination: one.destination }),
              ...(one.check && { check: [{ rule: one.check, says: 'No.' }] }),
            },
          ]),
        ),
      },
      {
        plugin: 'p',
        owner: 'own@o.example',
        for: ['group:g'],
        release: { version: '1' },
        connectors: ['c'],
        autonomy: Object.fromEntries(runsAlone.map(({ name }) => [`c.${name}`, 'unattended'])),
      },
      ...(drawn.profiled
        ? [
            {
              profile: 'f',
              plugin: 'p',
              for: ['group:g'],
              allow: [{ connector: 'c', tools: ['t0', ...listed.slice(2).map(({ name }) => name)] }],
            },
          ]
        : []),
    ];
    const compiled = compileSet({ 'o.yaml': documents.map((document) => stringify(document)).join('---\n') }, {});
    if (!compiled.ok) throw new Error(compiled.problems.map((problem) => JSON.stringify(problem)).join('\n'));
    const soft = drawn.organizationMode !== 'enforce' || tools.some((one) => one.listed && one.mode !== 'enforce');
    return { policy: compiled.set, tools, access: drawn.access, soft };
  });

/** What a client may try. */
export const attempts = fc.record({
  tool: fc.constantFrom('t0', 't1', 't2', 't3', 'nowhere'),
  person: fc.constantFrom('ann@o.example', 'ann@o.example', 'ann@o.example', 'eve@o.example'),
  version: fc.constantFrom('1', '1', '1', '1', '1', '1', '1', '2'),
  audience: fc.constantFrom('right', 'right', 'right', 'right', 'right', 'right', 'wrong'),
  n: fc.constantFrom(1, 1, 2, 5, -1),
  to: fc.constantFrom('a@o.example', 'a@elsewhere.example'),
});
export type Attempt = typeof attempts extends fc.Arbitrary<infer T> ? T : never;
