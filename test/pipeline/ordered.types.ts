/**
 * What must not compile. Checked by `npm run types` and by ordered.test.ts: an `@ts-expect-error` that finds nothing to
 * expect is an error itself.
 */
import { noGrants } from '../../packages/server/src/kernel/grants.ts';
import type { DefinitionReader, RunReader, StopReader } from '../../packages/server/src/kernel/readers.ts';
import { stage } from '../../packages/server/src/kernel/stage.ts';
import { ordered } from '../../packages/server/src/pipeline/ordered.ts';
import { checkArguments, checkFacts, checkOrigins } from '../../packages/server/src/stages/check/stage.ts';
import { contain, fits } from '../../packages/server/src/stages/contain/stage.ts';
import { gate } from '../../packages/server/src/stages/gate/stage.ts';
import { identify } from '../../packages/server/src/stages/identify/stage.ts';
import { scope } from '../../packages/server/src/stages/scope/stage.ts';
import { tier } from '../../packages/server/src/stages/tier/stage.ts';

export function orders(runs: RunReader, stops: StopReader, definitions: DefinitionReader): readonly unknown[] {
  const [who, clear, inScope, bounded, impact, checked, seen, room, released] = [
    identify(runs),
    contain(stops),
    scope(definitions),
    checkArguments(),
    tier(),
    checkFacts([]),
    checkOrigins(),
    fits(),
    gate(noGrants),
  ] as const;
  return [
    ordered([who, clear, inScope, bounded, impact, checked, seen, room, released]),
    // @ts-expect-error nobody says who asks
    ordered([clear, inScope, bounded, impact, checked, seen, room, released]),
    // @ts-expect-error stops are not looked at
    ordered([who, inScope, bounded, impact, checked, seen, room, released]),
    // @ts-expect-error scope is left out
    ordered([who, clear, bounded, impact, checked, seen, room, released]),
    // @ts-expect-error arguments are not checked
    ordered([who, clear, inScope, impact, checked, seen, room, released]),
    // @ts-expect-error there is no tier
    ordered([who, clear, inScope, bounded, checked, seen, room, released]),
    // @ts-expect-error facts are not checked
    ordered([who, clear, inScope, bounded, impact, seen, room, released]),
    // @ts-expect-error there is no gate, so nothing is ever released
    ordered([who, clear, inScope, bounded, impact, checked, seen, room]),
    // @ts-expect-error stops are looked at before it is known who asks
    ordered([clear, who, inScope, bounded, impact, checked, seen, room, released]),
    // @ts-expect-error scope before stops
    ordered([who, inScope, clear, bounded, impact, checked, seen, room, released]),
    // @ts-expect-error a probe of tier would leave before the arguments are checked
    ordered([who, clear, inScope, impact, bounded, checked, seen, room, released]),
    // @ts-expect-error the gate before the checks
    ordered([who, clear, inScope, bounded, impact, seen, room, released, checked]),
    // @ts-expect-error nobody asks where values came from
    ordered([who, clear, inScope, bounded, impact, checked, room, released]),
    // @ts-expect-error limits are not looked at
    ordered([who, clear, inScope, bounded, impact, checked, seen, released]),
    // @ts-expect-error limits are looked at after the gate
    ordered([who, clear, inScope, bounded, impact, checked, seen, released, room]),
    // @ts-expect-error nothing at all
    ordered([]),
  ];
}

export const wrongFact = stage({
  name: 'tier',
  needs: ['call'],
  gives: 'tiered',
  // @ts-expect-error a stage sees only the facts that it needs
  run: ({ subject }) => ({ ruling: { verdict: 'deny', code: 'internal', rule: 'x', says: subject.person, owner: 'x' } }),
});

export const wrongGift = stage({
  name: 'gate',
  needs: ['call'],
  gives: 'released',
  // @ts-expect-error a stage cannot give another fact than it names
  run: () => ({ pass: { generation: 1 } }),
});
