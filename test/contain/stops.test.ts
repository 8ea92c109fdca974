import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import type { InFlight, Stops } from '../../packages/server/src/kernel/stops.ts';
import { openStops } from '../../packages/server/src/stages/contain/act.ts';
import { listStops } from '../../packages/server/src/stages/contain/read.ts';
import { watchStops } from '../../packages/server/src/stages/contain/worker.ts';
import { kyselyOf } from '../../packages/server/src/storage/tx.ts';
import { entriesOf, keys, proven, startMs } from '../gate/desk.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';

const claimed = { person: 'root', assurance: 'claimed' } as const;
const admin = proven('boss@corp.example', ['administrator']);
const everything = { kind: 'everything' } as const;
const crm = { kind: 'connector', id: 'crm' } as const;
const call = (change: Partial<InFlight> = {}): InFlight => ({
  person: 'ada@corp.example',
  plugin: 'sales',
  connector: 'crm',
  tool: 'search',
  run: 'R-1',
  effect: 'write',
  ...change,
});

describe.each(databases)('stops on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let recorder: OpenRecorder;
  let here: Stops;
  let there: Stops;
  const clock = () => startMs;
  beforeEach(async () => {
    at = await fresh();
    recorder = openRecorder({ database: at.database, keys });
    here = await openStops({ database: at.database, recorder, clock });
    there = await openStops({ database: at.database, recorder, clock });
  });
  afterEach(async () => {
    await recorder.close();
    await at.drop();
  });

  const engage = (stops: Stops, scope: typeof everything | typeof crm, mode: 'full' | 'freeze' = 'full') =>
    stops.engage({ scope, mode, by: claimed, reason: 'odd mails' });

  it('are engaged without a credential, move the latch and leave an entry that says claimed', async () => {
    expect(here.current()).toEqual({ generation: 0, stops: [], unreadable: false });
    const stop = await engage(here, crm, 'freeze');
    expect(here.current()).toMatchObject({ generation: 1, stops: [{ id: stop.id, scope: crm, mode: 'freeze', reason: 'odd mails' }] });
    expect(await entriesOf(at)).toMatchObject([
      {
        kind: 'admin',
        action: 'stop.engaged',
        subject: `${stop.id} connector:crm`,
        reason: 'odd mails',
        assurance: { on_behalf_of: 'claimed' },
      },
    ]);
    expect(await listStops(at.database)).toHaveLength(1);
    await expect(here.engage({ scope: crm, mode: 'full', by: claimed, reason: ' \n' })).rejects.toThrow('A reason is needed');
  });

  it('are released by id or scope, by an administrator alone', async () => {
    const first = await engage(here, everything);
    await engage(here, crm);
    await engage(here, crm, 'freeze');
    const release = (stop: string | typeof crm, by = admin) => here.release({ stop, by, reason: 'mended' });
    await expect(release(first.id, proven('max@corp.example'))).rejects.toThrow('needs an administrator');
    expect(await release(first.id)).toMatchObject([{ id: first.id }]);
    expect(await release(crm)).toHaveLength(2);
    expect(here.current()).toEqual({ generation: 5, stops: [], unreadable: false });
    await expect(release(crm)).rejects.toThrow('A stop on connector:crm is not engaged. Nothing was changed.');
    expect((await entriesOf(at)).filter(({ action }) => action === 'stop.released')).toHaveLength(3);
  });

  it('keep a decision made before them from being written, on a node that has not heard', async () => {
    const decidedUnder = there.current().generation;
    await engage(here, everything);
    const late = await recorder.commit({ entries: [], latch: decidedUnder, steps: async () => ({ ok: true }) });
    expect(late).toEqual({ status: 'latch_moved' });
    await there.refresh();
    expect(there.current().stops).toHaveLength(1);
    expect((await recorder.commit({ entries: [], latch: there.current().generation, steps: async () => ({ ok: true }) })).status).toBe(
      'committed',
    );
  });

  it('abort the calls in flight that they cover, and no others', async () => {
    const write = here.signalFor(call());
    const read = here.signalFor(call({ effect: 'read' }));
    const other = here.signalFor(call({ connector: 'mail' }));
    const done = here.signalFor(call());
    done.done();
    await engage(here, crm, 'freeze');
    expect([write, read, other, done].map(({ signal }) => signal.aborted)).toEqual([true, false, false, false]);
    await engage(here, crm);
    expect([read, other].map(({ signal }) => signal.aborted)).toEqual([true, false]);
    expect(here.signalFor(call()).signal.aborted).toBe(true);
    await engage(here, everything);
    expect(other.signal.aborted).toBe(true);
  });

  it('are seen when another process engages them', async () => {
    const unwatch = watchStops({ stops: here, watch: at.database.watch });
    const { signal } = here.signalFor(call());
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    const hex = Object.fromEntries(Object.entries(keys).map(([name, bytes]) => [name, bytes.toString('hex')]));
    const script = fileURLToPath(new URL('./elsewhere.ts', import.meta.url));
    const args = [at.address, hex, everything, 'full'].map((argument) => JSON.stringify(argument));
    const { stdout } = await promisify(execFile)(process.execPath, [script, ...args]);
    await aborted;
    expect(here.current().stops).toMatchObject([{ id: stdout, reason: 'from elsewhere' }]);
    unwatch();
  });

  it('count as engaged while they cannot be read, and not any longer', async () => {
    const rename = (from: 'stops' | 'away', to: string) =>
      recorder.commit({
        entries: [],
        steps: async (tx) => {
          await kyselyOf(tx).schema.alterTable(from).renameTo(to).execute();
          return { ok: true };
        },
      });
    const { signal } = here.signalFor(call({ effect: 'read' }));
    await rename('stops', 'away');
    await here.refresh();
    expect(here.current().unreadable).toBe(true);
    expect(signal.aborted).toBe(true);
    expect(here.signalFor(call()).signal.aborted).toBe(true);
    await rename('away', 'stops');
    await here.refresh();
    expect(here.current()).toEqual({ generation: 0, stops: [], unreadable: false });
  });

  it('give a call no room that they could not reach', async () => {
    const stops = await openStops({ database: at.database, recorder, clock, callsMax: 1 });
    const first = stops.signalFor(call());
    expect(stops.signalFor(call()).signal.aborted).toBe(true);
    first.done();
    expect(stops.signalFor(call()).signal.aborted).toBe(false);
  });
});
