import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TicketView } from '../../packages/server/src/kernel/call.ts';
import type { Facts } from '../../packages/server/src/kernel/facts.ts';
import type { StopSnapshot, StopView } from '../../packages/server/src/kernel/readers.ts';
import { type Decided, decide } from '../../packages/server/src/pipeline/decide.ts';
import { pipeline } from '../../packages/server/src/pipeline/pipeline.ts';
import { sentence } from '../../packages/server/src/stages/gate/sentence.ts';
import { recordingUpstream } from '../decisions/upstream.ts';
import { callOf, worldUpstream } from './call-of.ts';
import { type Attempt, attempts, type World, worlds } from './worlds.ts';

const atMs = Date.parse('2026-11-02T09:00:00Z');
const run = { id: 'R-1', startedAtMs: atMs - 1_000, fresh: false };

const stop: fc.Arbitrary<StopView> = fc.record({
  id: fc.constant('S-1'),
  scope: fc.constantFrom(
    { kind: 'everything' } as const,
    { kind: 'connector', id: 'c' } as const,
    { kind: 'connector', id: 'other' } as const,
  ),
  mode: fc.constantFrom('freeze', 'full'),
  by: fc.constant('op'),
  reason: fc.constant('r'),
  atMs: fc.constant(atMs),
});

const ticket: fc.Arbitrary<TicketView | undefined> = fc.option(
  fc.record({
    id: fc.constant('TK-1'),
    state: fc.constantFrom('held', 'approved', 'approved', 'refused', 'expired', 'executing', 'done', 'failed', 'unknown', 'withdrawn'),
    call: fc.constant('X'),
    attempt: fc.constant(1),
    run: fc.constantFrom('R-1', 'R-2'),
    approval: fc.constantFrom(undefined, 'human:boss@o.example', 'human:boss@o.example', 'human:boss@o.example'),
    decidedReason: fc.constant(undefined),
    expiresAtMs: fc.constantFrom(atMs - 1, atMs + 1_000, atMs + 1_000, atMs + 1_000),
    createdAtMs: fc.constant(atMs - 5_000),
    sentence: fc.constantFrom('same', 'same', 'same', 'other'),
    asked: fc.constantFrom(['boss@o.example'], ['boss@o.example'], ['boss@o.example'], ['eve@o.example']),
    needs: fc.constant(1),
    rule: fc.constant('approvals/high'),
    bound: fc.record({
      definition: fc.constantFrom('same', 'same', 'same', 'other'),
      reach: fc.constantFrom(null, null, 1, 2, 5),
      recipients: fc.constantFrom(null, null, 'others'),
      release: fc.constantFrom('p@1', 'p@1', 'p@1', 'p@2'),
      policy: fc.constant('sha256:x'),
    }),
  }),
  { nil: undefined },
);

/** What a person would have read before they approved. */
function sentenceOf(world: World, attempt: Attempt): string {
  const { facts } = decided(world, attempt, []);
  return facts.checked ? sentence(facts as Facts) : '';
}

function decided(world: World, attempt: Attempt, stops: readonly StopView[], seen?: TicketView, unreadable = false): Decided {
  const snapshot: StopSnapshot = { generation: 7, stops, unreadable };
  const { definitions } = recordingUpstream(worldUpstream);
  const bound = seen && {
    ...seen,
    sentence: seen.sentence === 'same' ? sentenceOf(world, attempt) : 'other',
    bound: { ...seen.bound, definition: seen.bound.definition === 'same' ? (digestOf(attempt.tool) ?? '') : 'other' },
  };
  const stages = pipeline({ runs: { current: () => run }, stops: { current: () => snapshot }, definitions, checkers: [] });
  const { policy } = world;
  const call = { ...callOf(attempt, atMs), id: 'X', ticket: bound };
  return decide(stages, call, { atMs, policy, organization: policy.organization, probes: new Map() });
}

function digestOf(tool: string): string | undefined {
  const pinned = recordingUpstream(worldUpstream).definitions.find('c', 'tools/call', tool);
  return typeof pinned === 'object' ? pinned.digest : undefined;
}

const released = (one: Decided): boolean => 'released' in one.end;

describe('decide', () => {
  test('twice gives the same', () => {
    const same = fc.property(worlds, attempts, fc.array(stop, { maxLength: 2 }), ticket, (world, attempt, stops, seen) => {
      expect(JSON.stringify(decided(world, attempt, stops, seen))).toBe(JSON.stringify(decided(world, attempt, stops, seen)));
    });
    fc.assert(same, { numRuns: 300 });
  });

  test('a further stop never turns a refusal into allow', () => {
    const narrower = fc.property(worlds, attempts, fc.array(stop, { maxLength: 2 }), stop, ticket, (world, attempt, stops, more, seen) => {
      if (released(decided(world, attempt, [...stops, more], seen))) expect(released(decided(world, attempt, stops, seen))).toBe(true);
    });
    fc.assert(narrower, { numRuns: 400 });
  });

  test('stops that cannot be read refuse everything', () => {
    const shut = fc.property(worlds, attempts, ticket, (world, attempt, seen) => {
      expect(released(decided(world, attempt, [], seen, true))).toBe(false);
    });
    fc.assert(shut, { numRuns: 200 });
  });

  test('an approval counts for exactly what was approved', () => {
    let approvals = 0;
    // An attempt that gets as far as the gate, with a ticket that is nearly always approved.
    const proper = attempts.map(
      (attempt): Attempt => ({ ...attempt, tool: 't0', person: 'ann@o.example', version: '1', audience: 'right', n: 1 }),
    );
    const nearly = ticket.map((seen) => seen && { ...seen, state: 'approved' as const });
    const exact = fc.property(worlds, proper, nearly, (world, attempt, seen) => {
      const { end, facts } = decided(world, attempt, [], seen);
      if (!('released' in end) || end.released.released.code !== 'approved') return;
      approvals++;
      expect(seen).toMatchObject({
        state: 'approved',
        approval: 'human:boss@o.example',
        expiresAtMs: atMs + 1_000,
        asked: ['boss@o.example'],
        sentence: 'same',
      });
      expect(seen?.bound).toMatchObject({ definition: 'same', release: 'p@1', reach: facts.tiered?.reach, recipients: null });
    });
    fc.assert(exact, { numRuns: 1_000 });
    expect(approvals).toBeGreaterThan(0);
  });

  test('a throw is a refusal', () => {
    const throwing = fc.property(worlds, attempts, fc.nat(6), (world, attempt, at) => {
      const snapshot: StopSnapshot = { generation: 7, stops: [], unreadable: false };
      const { definitions } = recordingUpstream(worldUpstream);
      const stages = pipeline({ runs: { current: () => run }, stops: { current: () => snapshot }, definitions, checkers: [] });
      const broken = stages.map((one, i) =>
        i === at
          ? {
              ...one,
              run: () => {
                throw new Error('broken');
              },
            }
          : one,
      );
      const { policy } = world;
      const { end } = decide(broken, callOf(attempt, atMs), { atMs, policy, organization: policy.organization, probes: new Map() });
      expect('ruling' in end && ['deny', 'hold'].includes(end.ruling.verdict)).toBe(true);
    });
    fc.assert(throwing, { numRuns: 200 });
  });
});
