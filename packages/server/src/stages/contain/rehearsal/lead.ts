import { rfc3339 } from '../../../kernel/clock.ts';
import type { Stops } from '../../../kernel/stops.ts';
import { canary } from './canary.ts';
import { type Measuring, quietly } from './measure.ts';
import { livingNodes, readPaths, updateRehearsal } from './store.ts';

const lookMs = 100;
/** The bridge is a process of its own: on a busy node it takes its time to start. */
const readyMs = 40_000;
const settleMs = 30_000;
/** It ends by itself, so that a leader that dies leaves nothing stopped, and nobody needs the right to release. */
const stopLastsMs = 3_000;

export interface Leading extends Measuring {
  readonly stops: Pick<Stops, 'engage' | 'lapse' | 'show'>;
  /** The clock of this host, which stops are dated by. */
  readonly hostMs: () => number;
  readonly alarm: (says: string) => void;
}

type Paths = Awaited<ReturnType<typeof readPaths>>;

/** Leads one rehearsal: waits until every node calls on every path, stops the canary, waits for each, and says what came of it. */
export async function lead(of: Leading): Promise<void> {
  const { database, recorder, rehearsal, nowMs, stops } = of;
  const set = (values: Parameters<typeof updateRehearsal>[2]) => quietly(recorder, (tx) => updateRehearsal(tx, rehearsal, values));
  const paths = () => readPaths(database, [rehearsal]);
  const living = await livingNodes(database, of.hostMs() - 60_000);
  const here = (rows: Paths) => living.every((node) => rows.some((row) => row.node === node));
  await waitFor(readyMs, async () => {
    const rows = await paths();
    return here(rows) && rows.every((row) => row.ready_at_ms !== null || row.state !== 'calling');
  });
  const stoppedAtMs = nowMs();
  await set({ stopped_at_ms: stoppedAtMs, state: 'stopped' });
  const stop = await stops.engage({
    scope: { kind: 'plugin', id: canary.plugin },
    mode: 'full',
    by: { person: canary.person, assurance: 'proved' },
    reason: `rehearsal ${rehearsal}; ends by itself`,
    untilMs: of.hostMs() + stopLastsMs,
  });
  await waitFor(settleMs, async () => {
    await stops.lapse();
    return (await stops.show(stop.id))?.released !== undefined;
  });
  await set({ released_at_ms: nowMs(), state: 'released' });
  await waitFor(settleMs, async () => (await paths()).every((row) => row.state !== 'calling' && row.state !== 'refused'));
  await finish(of, await paths(), living, stoppedAtMs);
}

/** Passed only where every path of every node that serves refused, and let run again. */
async function finish(
  { recorder, rehearsal, nowMs, hostMs, alarm }: Leading,
  rows: Paths,
  living: readonly string[],
  stoppedAtMs: number,
): Promise<void> {
  const bad = rows.filter((row) => row.state !== 'back' && row.state !== 'unmeasured');
  const absent = living.filter((node) => !rows.some((row) => row.node === node));
  const slowest = Math.max(0, ...rows.flatMap((row) => (row.refused_at_ms === null ? [] : [row.refused_at_ms - stoppedAtMs])));
  const passed = bad.length === 0 && absent.length === 0 && rows.some((row) => row.state === 'back');
  const wrong = [
    ...bad.map((row) => `${row.path} on ${row.node}: ${row.says || row.state}`),
    ...absent.map((node) => `${node} did not take part`),
  ];
  const says = passed
    ? `Refused on every path of ${new Set(rows.map(({ node }) => node)).size} nodes within ${(slowest / 1_000).toFixed(3)} s.`
    : `Not passed. ${wrong.slice(0, 10).join('; ') || 'Nothing was measured'}.`;
  const entry = {
    timestamp: rfc3339(hostMs()),
    kind: 'admin',
    action: passed ? 'rehearsal.passed' : 'rehearsal.failed',
    subject: rehearsal,
    detail: says.slice(0, 500),
  } as const;
  await recorder.commit({
    entries: [entry],
    steps: async (tx) => {
      await updateRehearsal(tx, rehearsal, { state: passed ? 'passed' : 'failed', says, finished_at_ms: nowMs() });
      return { ok: true };
    },
  });
  if (!passed) alarm(`The rehearsal ${rehearsal} of the stop: ${says}`);
}

async function waitFor(timeoutMs: number, done: () => Promise<boolean>): Promise<void> {
  const giveUpAtMs = performance.now() + timeoutMs;
  while (!(await done()) && performance.now() < giveUpAtMs) await new Promise((resolve) => setTimeout(resolve, lookMs));
}
