import { randomInt } from 'node:crypto';
import { expect } from 'vitest';
import { act, openExact } from './exact-house.ts';

/** What runs every time is small; `TRAPKEY_STOPS=1000` is the whole. */
export const stopsCount = Number(process.env['TRAPKEY_STOPS'] ?? 25);

const by = { person: 'ops@corp.example', assurance: 'proved' } as const;

/**
 * Stops and releases under load, then reads the ledger: its order is the order of the commits. Nothing that reached the
 * upstream may have been decided between a stop and its release.
 */
export async function stopsAreExact(database: string | undefined): Promise<void> {
  const exact = await openExact(database);
  try {
    for (let at = 0; at < stopsCount; at++) {
      await exact.each('answered', randomInt(1, 6));
      const { id } = await exact.stops.engage({ scope: act, mode: 'full', by, reason: `stop ${at}` });
      await exact.each('refused', 1);
      const releasing = { person: 'boss@corp.example', roles: ['administrator'], freshAtMs: Date.now() };
      await exact.stops.release({ stop: id, by: releasing, reason: 'go on' });
    }
    await exact.each('answered', 1);
    const shown = await exact.stops.history(1);
    const confirmed = async () =>
      (await exact.stops.show(shown[0]?.id ?? ''))?.nodes.map(({ confirmedAtMs }) => confirmedAtMs !== undefined);
    await expect.poll(confirmed, { timeout: 20_000 }).toEqual([true, true, true]);
    const lines = await exact.end();

    const decided = new Map<string, number>();
    const engaged: { readonly from: number; to: number }[] = [];
    let refused = 0;
    for (const { entry, kind, action, call, verdict, code, tool } of lines) {
      if (action === 'stop.engaged') engaged.push({ from: entry, to: Number.POSITIVE_INFINITY });
      if (action === 'stop.released') (engaged.at(-1) as { to: number }).to = entry;
      if (kind !== 'decided' || tool !== 'note' || call === undefined) continue;
      if (verdict === 'allow') decided.set(call, entry);
      else if (code === 'stopped') refused++;
    }
    expect(engaged).toHaveLength(stopsCount);
    const sent = exact.upstream.calls.map(({ args }) => exact.callOf.get(args['n'] as number));
    const during = sent.filter((call) => {
      const at = decided.get(call ?? '');
      return at === undefined || engaged.some(({ from, to }) => from < at && at < to);
    });
    expect(during).toEqual([]);
    // The test means something: much ran in between, and much was refused while it was stopped, on every node.
    expect(sent.length).toBeGreaterThan(stopsCount);
    expect(new Set(sent).size).toBe(sent.length);
    expect(refused).toBeGreaterThanOrEqual(3 * stopsCount);
  } finally {
    await exact.close();
  }
}
