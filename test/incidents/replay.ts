import { describe, expect, test } from 'vitest';
import type { Way } from './agent.ts';
import { type Fixture, type House, openHouse } from './house.ts';

/** Replays an incident: with the gateway it does not happen; without one, or with one that leaks, the same assertions notice. */
export function replay(title: string, fixture: Fixture, play: (house: House) => Promise<void>): void {
  const run = async (way: Way): Promise<void> => {
    const house = await openHouse(fixture, way);
    try {
      await play(house);
    } finally {
      await house.close();
    }
  };
  describe(title, { timeout: 120_000 }, () => {
    test('does not happen', () => run('governed'));
    // Only an assertion about what happened counts as noticing it.
    test('is noticed when there is no gateway', () => expect(run('bypassed')).rejects.toMatchObject({ name: 'AssertionError' }));
    test('is noticed when what was stopped arrives all the same', () =>
      expect(run('leaking')).rejects.toMatchObject({ name: 'AssertionError' }));
  });
}
