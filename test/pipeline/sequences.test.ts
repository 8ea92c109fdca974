import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openHouse } from '../decisions/house.ts';
import { callOf, worldUpstream } from './call-of.ts';
import { type Attempt, attempts, worlds } from './worlds.ts';

type Act =
  | { readonly act: 'call'; readonly attempt: Attempt }
  | { readonly act: 'again' | 'approve' | 'refuse' | 'release' | 'change' }
  | { readonly act: 'stop'; readonly mode: 'freeze' | 'full' }
  | { readonly act: 'wait'; readonly minutes: number };

const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ act: fc.constant('call' as const), attempt: attempts }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Act>({ act: 'again' }, { act: 'approve' }, { act: 'approve' }, { act: 'refuse' }, { act: 'release' }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ act: 'change' }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('stop' as const), mode: fc.constantFrom('freeze' as const, 'full' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('wait' as const), minutes: fc.constantFrom(1, 61, 600) }) },
);

/** What a held call may live through before it is made again; by chance alone it rarely would. */
const stories: fc.Arbitrary<readonly Act[]> = fc.oneof(
  { weight: 3, arbitrary: acts.map((act): readonly Act[] => [act]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(attempts, fc.constantFrom<Act>({ act: 'approve' }, { act: 'approve' }, { act: 'refuse' }), fc.option(acts, { freq: 2 }))
      .map(([attempt, decision, between]): readonly Act[] => [
        { act: 'call', attempt },
        decision,
        ...(between ? [between] : []),
        { act: 'again' },
      ]),
  },
);

const startMs = Date.parse('2026-11-02T09:00:00Z');
let allowed = 0;
let approved = 0;

test('no sequence of calls reaches the upstream while its verdict is not allow', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, fc.array(stories, { minLength: 3, maxLength: 7 }), async (world, told) => {
      const house = await openHouse({ policy: world.policy, fixtures: worldUpstream, atMs: startMs });
      const state = {
        held: undefined as Attempt | undefined,
        last: undefined as Attempt | undefined,
        ticket: undefined as string | undefined,
        full: false,
        frozen: false,
        changed: false,
      };
      const approvals = new Map<string, number>();
      try {
        for (const act of told.flat()) {
          house.pass(1_000);
          if (act.act === 'wait') house.pass(act.minutes * 60_000);
          const boss = { person: 'boss@o.example', roles: ['approver', 'administrator'], freshAtMs: house.now() };
          if (act.act === 'change') state.changed = house.upstream.changed.add('t1').size > 0;
          if (act.act === 'stop') {
            await house.stops.engage({
              scope: { kind: 'everything' },
              mode: act.mode,
              by: { person: 'ann@o.example', assurance: 'claimed' },
              reason: 'r',
            });
            if (act.mode === 'full') state.full = true;
            else state.frozen = true;
          }
          if (act.act === 'release' && (state.full || state.frozen)) {
            await house.stops.release({ stop: { kind: 'everything' }, by: boss, reason: 'r' });
            state.full = state.frozen = false;
          }
          // A ticket may be decided or over already; then nobody approved anything.
          if (act.act === 'approve' && state.ticket && state.held) {
            const done = await house.approvals.approve({ ticket: state.ticket, by: boss, via: 'cli' }).catch(() => undefined);
            if (done) approvals.set(keyOf(state.held), (approvals.get(keyOf(state.held)) ?? 0) + 1);
          }
          if (act.act === 'refuse' && state.ticket)
            await house.approvals.refuse({ ticket: state.ticket, by: boss, via: 'cli', reason: 'r' }).catch(() => undefined);
          const attempt = act.act === 'call' ? act.attempt : act.act === 'again' ? (state.held ?? state.last) : undefined;
          if (!attempt) continue;
          state.last = attempt;
          const before = (await house.entries()).length;
          const reachedBefore = house.upstream.reached.length;
          const handled = await house.handle(callOf(attempt, house.now()), { signal: new AbortController().signal });
          if (handled.kind === 'held') Object.assign(state, { ticket: handled.ticket.id, held: attempt });
          const entries = (await house.entries()).slice(before);
          const reached = house.upstream.reached.slice(reachedBefore);
          const decided = entries.filter(({ kind }) => kind === 'decided');
          expect(decided).toHaveLength(1);
          const verdict = decided[0]?.verdict;
          expect(reached).toHaveLength(verdict === 'allow' ? 1 : 0);
          expect(handled.kind).toBe({ allow: 'result', deny: 'refused', hold: 'held', stage: 'held' }[verdict ?? 'deny']);
          if (verdict !== 'allow') continue;
          allowed++;
          mayRun(world, attempt, state, approvals, decided[0]?.code);
        }
      } finally {
        await house.close();
      }
    }),
    { numRuns: 120 },
  );
  // A property over calls that are all refused would hold for a wall, too.
  expect(allowed).toBeGreaterThan(20);
  expect(approved).toBeGreaterThan(2);
});

/** What must be true of everything that ran, said without the pipeline's own words. */
function mayRun(
  world: {
    readonly tools: readonly { readonly name: string; readonly effect: string; readonly listed: boolean }[];
    readonly access: string;
    readonly soft: boolean;
  },
  attempt: Attempt,
  state: { readonly full: boolean; readonly frozen: boolean; readonly changed: boolean },
  approvals: Map<string, number>,
  code: string | undefined,
): void {
  const tool = world.tools.find(({ name }) => name === attempt.tool);
  expect([attempt.person, attempt.version, attempt.audience]).toEqual(['ann@o.example', '1', 'right']);
  expect(attempt.n).toBeGreaterThanOrEqual(0);
  expect(state.full).toBe(false);
  if (state.frozen) expect([tool?.effect, tool?.listed]).toEqual(['read', true]);
  if (state.changed) expect(attempt.tool).not.toBe('t1');
  if (code === 'approved') {
    approved++;
    const left = approvals.get(keyOf(attempt)) ?? 0;
    expect(left).toBeGreaterThan(0);
    approvals.set(keyOf(attempt), left - 1);
  }
  if (world.soft) return;
  expect(tool?.listed).toBe(true);
  if (world.access === 'read-only') expect(['read', 'draft']).toContain(tool?.effect);
  if (['delete', 'send', 'pay', 'execute'].includes(tool?.effect ?? 'execute')) expect(code).toBe('approved');
}

function keyOf(attempt: Attempt): string {
  return JSON.stringify(attempt);
}
