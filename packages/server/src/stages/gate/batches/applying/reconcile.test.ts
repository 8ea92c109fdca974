import fc from 'fast-check';
import { expect, it } from 'vitest';
import { againIn, type Evidence, outageMaxMs, readsMax, reconcile, sentMax } from './reconcile.ts';

const lost: Evidence = { answered: 'nothing', twice: false, sent: 1, read: 'as_before', reads: 1, absent: 0, sinceMs: 0 };
const say = (change: Partial<Evidence>) => reconcile({ ...lost, ...change });

it('is done where the record is as if it had been made, whatever the connector answered', () => {
  expect(say({ read: 'as_made' })).toEqual({ to: 'done' });
  expect(say({ read: 'as_made', answered: 'error' })).toEqual({ to: 'done' });
});

it('sends again without a key only after two looks that were late enough', () => {
  expect(say({})).toEqual({ to: 'look' });
  expect(say({ reads: 5, absent: 1 })).toEqual({ to: 'look' });
  expect(say({ reads: 2, absent: 2 })).toEqual({ to: 'again', maybe: false });
});

it('sends again at once where twice is harmless, and remembers that it may have been made', () => {
  expect(say({ twice: true })).toEqual({ to: 'again', maybe: true });
  expect(say({ twice: true, read: 'no_read' })).toEqual({ to: 'again', maybe: true });
  expect(say({ twice: true, sent: sentMax })).toEqual({ to: 'unknown' });
});

it('failed where the connector said so and the record is as before; what nobody can look at is not known', () => {
  expect(say({ answered: 'error' })).toEqual({ to: 'failed' });
  // What the error answered is the last time; of the time before nobody knows.
  expect(say({ answered: 'error', sent: 2 })).toEqual({ to: 'look' });
  expect(say({ answered: 'error', read: 'no_read' })).toEqual({ to: 'unknown' });
  expect(say({ answered: 'error', read: 'unreadable', reads: readsMax })).toEqual({ to: 'unknown' });
});

it('asks a person where the record is neither, and where it cannot be read', () => {
  expect(say({ read: 'otherwise', twice: true })).toEqual({ to: 'unknown' });
  expect(say({ read: 'unreadable', reads: 1 })).toEqual({ to: 'look' });
  expect(say({ read: 'unreadable', reads: readsMax })).toEqual({ to: 'unknown' });
  expect(say({ read: 'no_read' })).toEqual({ to: 'unknown' });
});

it('waits where nothing comes back, asks ever more seldom, and asks a person where that lasts', () => {
  expect(say({ read: 'unanswered', twice: true })).toEqual({ to: 'look' });
  expect(say({ read: 'unanswered', reads: readsMax })).toEqual({ to: 'wait' });
  expect(say({ read: 'unanswered', reads: readsMax, sinceMs: outageMaxMs })).toEqual({ to: 'unknown' });
  expect([0, 10_000, outageMaxMs].map(againIn)).toEqual([3_000, 10_000, 60_000]);
});

it('never sends again without a key or two late proofs, and never more often than its bound', () => {
  const evidence = fc.record<Evidence>({
    answered: fc.constantFrom('error', 'nothing'),
    twice: fc.boolean(),
    sent: fc.integer({ min: 1, max: 5 }),
    read: fc.constantFrom('as_before', 'as_made', 'otherwise', 'unreadable', 'unanswered', 'no_read'),
    reads: fc.integer({ min: 1, max: 5 }),
    absent: fc.integer({ min: 0, max: 3 }),
    sinceMs: fc.integer({ min: 0, max: 2 * outageMaxMs }),
  });
  fc.assert(
    fc.property(evidence, (known) => {
      const said = reconcile(known);
      if (said.to !== 'again') return;
      expect(known.sent).toBeLessThan(sentMax);
      if (!known.twice) {
        expect(known).toMatchObject({ read: 'as_before', absent: expect.toSatisfy((n) => n >= 2) });
        if (known.sent === 1) expect(known.answered).toBe('nothing');
      }
      if (!said.maybe) expect(known.absent).toBeGreaterThanOrEqual(2);
    }),
  );
});
