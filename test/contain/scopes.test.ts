import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import type { StopScope } from '../../packages/server/src/kernel/readers.ts';
import type { InFlight, Stops } from '../../packages/server/src/kernel/stops.ts';
import { openStops } from '../../packages/server/src/stages/contain/act.ts';
import { entriesOf, keys, proven, startMs } from '../gate/desk.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';

const ops = { person: 'ops@corp.example', assurance: 'proved' } as const;
const mine: InFlight = {
  person: 'ada@corp.example',
  plugin: 'sales',
  release: 'sales@1',
  connector: 'crm',
  connection: 'crm-db',
  tool: 'search',
  run: 'R-1',
  agent: 'a-2',
  parent: 'a-1',
  effect: 'send',
};
const others: InFlight = {
  person: 'bob@corp.example',
  plugin: 'desk',
  release: 'desk@1',
  connector: 'mail',
  connection: 'mail',
  tool: 'move',
  run: 'R-2',
  agent: 'b-1',
  effect: 'write',
};
const scopes: readonly StopScope[] = [
  { kind: 'plugin', id: 'sales' },
  { kind: 'release', id: 'sales@1' },
  { kind: 'connector', id: 'crm' },
  { kind: 'credential', id: 'crm-db' },
  { kind: 'tool', id: 'crm.search' },
  { kind: 'effect', id: 'send' },
  { kind: 'person', id: 'ada@corp.example' },
  { kind: 'agent', id: 'a-2' },
  { kind: 'agent', id: 'a-1' },
  { kind: 'run', id: 'R-1', person: '', release: '' },
];

describe.each(databases)('scopes of stops on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let recorder: OpenRecorder;
  let here: Stops;
  let there: Stops;
  let nowMs = startMs;
  const clock = () => nowMs;
  beforeEach(async () => {
    nowMs = startMs;
    at = await fresh();
    recorder = openRecorder({ database: at.database, keys });
    here = await openStops({ database: at.database, recorder, clock });
    there = await openStops({ database: at.database, recorder, clock });
  });
  afterEach(async () => {
    await recorder.close();
    await at.drop();
  });
  const engage = (scope: StopScope, more: Partial<Parameters<Stops['engage']>[0]> = {}) =>
    here.engage({ scope, mode: 'full', by: ops, reason: 'odd', ...more });
  const release = (stop: string, who: string, on = here) => on.release({ stop, by: proven(who, ['administrator']), reason: 'mended' });

  it('each reaches what it names and nothing else, frozen or full, also after another process read it', async () => {
    for (const scope of scopes) {
      const [own, other] = [here.signalFor(mine), here.signalFor(others)];
      const reading = here.signalFor({ ...mine, effect: scope.kind === 'effect' ? 'write' : 'read' });
      const { id } = await engage(scope, { mode: 'freeze' });
      expect(
        [own, reading, other].map(({ signal }) => signal.aborted),
        scope.kind,
      ).toEqual([true, false, false]);
      expect(own.signal.reason).toBe(id);
      await there.refresh();
      expect(there.current().stops[0]?.scope).toEqual(scope);
      expect(there.covering(mine)?.id).toBe(id);
      expect(there.covering(others)).toBeUndefined();
      await release(id, 'boss@corp.example');
      for (const one of [own, other, reading]) one.done();
    }
  });

  it('what nobody classified is any effect', async () => {
    const { id } = await engage({ kind: 'effect', id: 'send' });
    expect(here.covering({ connector: 'x', effect: undefined })?.id).toBe(id);
  });

  it('what reaches across everybody is released by another person, and by nobody whom it stops', async () => {
    const { id } = await engage({ kind: 'everything' });
    await expect(release(id, 'OPS@corp.example')).rejects.toThrow('another person has to release it. Nothing was changed.');
    const stale = here.release({ stop: id, by: proven('boss@corp.example', ['administrator'], startMs - 3_600_000), reason: 'x' });
    await expect(stale).rejects.toThrow('must have shown a credential');
    expect(await release(id, 'boss@corp.example')).toHaveLength(1);
    const person = await engage({ kind: 'person', id: 'boss@corp.example' });
    await expect(release(person.id, 'boss@corp.example')).rejects.toThrow('is whom');
    expect(here.current().stops).toHaveLength(1);
    // The name of who is stopped is not in the ledger, which nobody can erase.
    const bytes = await at.database.read.selectFrom('ledger').select('bytes').execute();
    expect(JSON.stringify(bytes)).not.toContain('boss@corp.example');
  });

  it('what was engaged in one act is released with it, and its records are held until then', async () => {
    const also = [{ kind: 'connector', id: 'crm' } as const, { kind: 'credential', id: 'crm-db' } as const];
    const { id } = await engage({ kind: 'plugin', id: 'sales' }, { also });
    expect(here.current().stops).toHaveLength(3);
    expect(await here.show(id)).toMatchObject({ held: true, also: [{ act: id }, { act: id }] });
    expect(await release(id, 'ops@corp.example')).toHaveLength(3);
    expect(here.current().stops).toEqual([]);
    expect(await here.show(id)).toMatchObject({ held: false, released: { by: 'ops@corp.example', reason: 'mended' } });
    expect(await here.history(10)).toHaveLength(3);
  });

  it('one that has a time ends then, once, whoever looks', async () => {
    await engage({ kind: 'connector', id: 'crm' }, { untilMs: startMs + 60_000 });
    expect(await here.lapse()).toEqual([]);
    nowMs = startMs + 60_000;
    await there.refresh();
    const ended = await Promise.all([here.lapse(), there.lapse()]);
    expect(ended.flat()).toHaveLength(1);
    expect((await entriesOf(at)).filter(({ action }) => action === 'stop.lapsed')).toHaveLength(1);
  });

  it('two operators at once: one releases, and what the other engages meanwhile stays', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await engage({ kind: 'connector', id: 'crm' });
      const [first, second, again] = await Promise.allSettled([
        release(id, 'boss@corp.example'),
        release(id, 'lee@corp.example', there),
        there.engage({ scope: { kind: 'connector', id: 'crm' }, mode: 'full', by: ops, reason: 'still odd' }),
      ]);
      expect([first.status, second.status].toSorted()).toEqual(['fulfilled', 'rejected']);
      await here.refresh();
      const left = again.status === 'fulfilled' ? again.value.id : '';
      expect(here.current().stops.map((stop) => stop.id)).toEqual([left]);
      await release(left, 'boss@corp.example');
    }
  });
});
