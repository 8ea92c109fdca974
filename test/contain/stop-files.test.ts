import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import type { Stops } from '../../packages/server/src/kernel/stops.ts';
import { openStops } from '../../packages/server/src/stages/contain/act.ts';
import { openStopFilesDesk, openStopKeys } from '../../packages/server/src/stages/contain/file/act.ts';
import { openStopFiles } from '../../packages/server/src/stages/contain/file/files.ts';
import { newPair, signOrder } from '../../packages/server/src/stages/contain/file/order.ts';
import { importStopFiles } from '../../packages/server/src/stages/contain/file/worker.ts';
import { entriesOf, keys, proven, startMs } from '../gate/desk.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';

const admin = proven('boss@corp.example', ['administrator']);
const other = proven('dave@corp.example', ['administrator']);
const operator = newPair();
const stranger = newPair();
const issued_at = new Date(startMs).toISOString();
const order = (change: Partial<Parameters<typeof signOrder>[1]> = {}, key = operator) =>
  signOrder(key.privateKey, { organization: 'corp', scope: 'connector:crm', mode: 'full', reason: 'odd mails', issued_at, ...change });

/** What a file must not be. How it is judged is no question of the database, so the second one gets a few. */
const bad: readonly (readonly [string, () => Promise<string>, string])[] = [
  ['garbled', async () => 'eyJhbGciOiJFZERTQSJ9.e30', 'cannot be read as a signed order'],
  ['empty', async () => '', 'cannot be read as a signed order'],
  ['forged by a key that nobody registered', () => order({}, stranger), 'no registered key signed it'],
  ['of another organization', () => order({ organization: 'rival' }), 'signed for the organization rival'],
  ['cut short', async () => (await order()).slice(0, -9), 'its signature does not fit'],
  ['unsigned', async () => `${btoa('{"alg":"none","typ":"trapkey-stop"}')}.${btoa('{}')}.`, 'cannot be read as a signed order'],
  ['changed after it was signed', forged, 'its signature does not fit'],
  ['much too long', async () => 'x'.repeat(9_000), 'it is longer than'],
];

describe.each(databases)('stop files on $name', ({ name, fresh }) => {
  let at: FreshDatabase;
  let recorder: OpenRecorder;
  let home: string;
  const ending: (() => Promise<void>)[] = [];
  const alarms: string[] = [];
  const clock = () => startMs;

  /** A node; `restart` opens it again on the same folders. */
  const node = async (name: string) => {
    const folder = join(home, name, 'stop-files');
    const files = openStopFiles({
      folder,
      keptFolder: join(home, name, 'kept'),
      database: at.database,
      organization: () => 'corp',
      clock,
      alarm: (says) => void alarms.push(`${name}: ${says}`),
    });
    const stops = await openStops({ database: at.database, recorder, clock, local: files });
    const importing = () => importStopFiles({ files, stops, recorder, clock, alarm: (says) => void alarms.push(says), everyMs: 5 });
    const settled = async () => {
      await stops.refresh();
      const end = importing();
      await expect.poll(() => files.pending().length, { timeout: 10_000 }).toBe(0);
      await end();
      await stops.refresh();
    };
    await mkdir(folder, { recursive: true });
    return { stops, files, folder, settled, lay: (file: string, text: string) => writeFile(join(folder, file), text) };
  };
  const engaged = (stops: Stops) => stops.current().stops.map(({ scope, mode }) => ({ scope, mode }));
  const crm = [{ scope: { kind: 'connector', id: 'crm' }, mode: 'full' }];
  const all = [{ scope: { kind: 'everything' }, mode: 'full' }];

  beforeEach(async () => {
    at = await fresh();
    home = mkdtempSync(join(tmpdir(), 'trapkey-stop-files-'));
    recorder = openRecorder({ database: at.database, keys });
    alarms.length = 0;
    await openStopKeys({ database: at.database, recorder, clock }).add({
      person: 'op@corp.example',
      publicKey: operator.publicKey,
      by: admin,
    });
  });
  afterEach(async () => {
    for (const end of ending.splice(0)) await end();
    await recorder.close();
    await at.drop();
    rmSync(home, { recursive: true, force: true });
  });

  it('count on their node at once, become a stop of all nodes with an entry, and are released like any other', async () => {
    const [one, two] = [await node('one'), await node('two')];
    await one.lay('1.stop', await order());
    await one.stops.refresh();
    await two.stops.refresh();
    expect(engaged(one.stops)).toEqual(crm);
    expect(engaged(two.stops)).toEqual([]);
    await one.settled();
    await two.stops.refresh();
    expect(engaged(one.stops)).toEqual(crm);
    expect(engaged(two.stops)).toEqual(crm);
    const [, entry] = await entriesOf(at);
    expect(entry).toMatchObject({ action: 'stop.engaged', reason: 'odd mails', assurance: { on_behalf_of: 'proved' } });
    expect(entry?.['detail']).toContain('signed stop file 1.stop, key ');
    const [stop] = one.stops.current().stops;
    await one.stops.release({ stop: stop?.id ?? '', by: other, reason: 'over' });
    // It still lies there, and is laid on the other node, too: it was carried out.
    await two.lay('1.stop', await readFile(join(one.folder, '1.stop'), 'utf8'));
    await one.settled();
    await two.settled();
    expect(engaged(one.stops)).toEqual([]);
    expect(engaged(two.stops)).toEqual([]);
    expect(alarms.join('\n')).toContain(`two: The stop file 1.stop was carried out before, as ${stop?.id}`);
  });

  it('are carried out once where two nodes have them, and two at once are two stops', async () => {
    const [one, two] = [await node('one'), await node('two')];
    const [text, more] = [await order(), await order({ scope: 'tool:crm.send', mode: 'freeze' })];
    for (const { lay } of [one, two]) {
      await lay('1.stop', text);
      await lay('2.stop', more);
    }
    await Promise.all([one.settled(), two.settled()]);
    await one.stops.refresh();
    expect(one.stops.current().stops.map(({ id }) => id)).toEqual([...new Set(two.stops.current().stops.map(({ id }) => id))]);
    expect(one.stops.current().stops).toHaveLength(2);
    expect((await entriesOf(at)).filter(({ action }) => action === 'stop.engaged')).toHaveLength(2);
  });

  it('still count when they are deleted before the database could be told, over a restart too', async () => {
    const one = await node('one');
    await one.lay('1.stop', await order());
    await one.stops.refresh();
    await rm(one.folder, { recursive: true });
    await one.stops.refresh();
    expect(engaged(one.stops)).toEqual(crm);
    const again = await node('one');
    expect(engaged(again.stops)).toEqual(crm);
    await again.settled();
    await rm(join(home, 'one'), { recursive: true });
    expect(engaged((await node('one')).stops)).toEqual(crm);
  });

  it.each(name === 'sqlite' ? bad : bad.slice(0, 2))(
    'stop their node when they are %s, with an alarm and an entry, until removed and cleared',
    async (_name, text, says) => {
      const [one, two] = [await node('one'), await node('two')];
      await one.lay('1.stop', await text());
      await one.stops.refresh();
      expect(engaged(one.stops)).toEqual(all);
      expect(alarms.join('\n')).toContain(says);
      await one.stops.refresh();
      await one.settled();
      await two.stops.refresh();
      expect(engaged(two.stops)).toEqual([]);
      expect(await entriesOf(at)).toMatchObject([{ action: 'stop_key.added' }, { action: 'stop_file.refused' }]);
      const desk = openStopFilesDesk({ database: at.database, recorder, clock: () => startMs + 1 });
      const [seen] = await desk.list();
      await rm(join(one.folder, '1.stop'));
      await one.stops.refresh();
      expect(engaged(one.stops)).toEqual(all);
      expect(engaged((await node('one')).stops)).toEqual(all);
      await expect(desk.clear({ digest: seen?.digest ?? '', by: proven('ann@corp.example'), reason: 'x' })).rejects.toThrow(
        'administrator',
      );
      await desk.clear({ digest: seen?.digest ?? '', by: admin, reason: 'a broken copy' });
      await one.stops.refresh();
      expect(engaged(one.stops)).toEqual([]);
    },
  );

  it('go on stopping their node while a cleared file still lies there', async () => {
    const one = await node('one');
    await one.lay('1.stop', 'garbage');
    await one.stops.refresh();
    await one.stops.refresh();
    await one.settled();
    const desk = openStopFilesDesk({ database: at.database, recorder, clock: () => startMs + 1 });
    await desk.clear({ digest: (await desk.list())[0]?.digest ?? '', by: admin, reason: 'a broken copy' });
    await one.stops.refresh();
    expect(engaged(one.stops)).toEqual(all);
    await rm(join(one.folder, '1.stop'));
    await one.stops.refresh();
    expect(engaged(one.stops)).toEqual([]);
  });

  it('are not held against a node that saw one half written', async () => {
    const one = await node('one');
    const text = await order();
    await one.lay('1.stop', text.slice(0, 100));
    await one.stops.refresh();
    expect(engaged(one.stops)).toEqual(all);
    await one.lay('1.stop', text);
    await one.stops.refresh();
    expect(engaged(one.stops)).toEqual(crm);
    await one.settled();
    expect((await entriesOf(at)).map(({ action }) => action)).toEqual(['stop_key.added', 'stop.engaged']);
    expect(await readdir(join(home, 'one', 'kept'))).toHaveLength(1);
  });

  it('refuse a key that was removed, count whatever the clocks say, and cover everything where the scope is not known', async () => {
    const one = await node('one');
    await one.lay('late.stop', await order({ issued_at: new Date(startMs - 400 * 86_400_000).toISOString() }));
    await one.lay('early.stop', await order({ scope: 'planet:earth', issued_at: new Date(startMs + 86_400_000).toISOString() }));
    await one.settled();
    expect(engaged(one.stops)).toEqual(expect.arrayContaining([...crm, ...all]));
    expect((await entriesOf(at)).filter(({ detail }) => String(detail).includes('86400 s from when it was seen'))).toHaveLength(1);
    const stopKeys = openStopKeys({ database: at.database, recorder, clock });
    const [key] = await stopKeys.list();
    await stopKeys.remove({ id: key?.id ?? '', by: admin });
    await one.lay('after.stop', await order({ scope: 'connector:mail' }));
    await one.stops.refresh();
    expect(alarms.at(-1)).toContain('no registered key signed it');
  });

  it('stop the node when the folder cannot be read, or holds what is no file', async () => {
    const one = await node('one');
    await mkdir(join(one.folder, 'a-folder'));
    await one.stops.refresh();
    expect(engaged(one.stops)).toEqual(all);
    const two = await node('two');
    await rm(two.folder, { recursive: true });
    await writeFile(two.folder, 'a file where the folder was');
    await two.stops.refresh();
    expect(engaged(two.stops)).toEqual(all);
    await chmod(two.folder, 0o600);
  });

  it('take no private half, and no key of another kind', async () => {
    const stopKeys = openStopKeys({ database: at.database, recorder, clock });
    await expect(stopKeys.add({ person: 'x@corp.example', publicKey: stranger.privateKey, by: admin })).rejects.toThrow('private half');
    await expect(stopKeys.add({ person: 'x@corp.example', publicKey: 'ssh-ed25519 AAAA', by: admin })).rejects.toThrow('Ed25519');
    await expect(stopKeys.add({ person: 'x@corp.example', publicKey: stranger.publicKey, by: proven('ann@corp.example') })).rejects.toThrow(
      'administrator',
    );
  });
});

/** The payload of one order under the signature of another. */
async function forged(): Promise<string> {
  const [header, , signature] = (await order()).split('.');
  const [, payload] = (await order({ scope: 'connector:mail' })).split('.');
  return [header, payload, signature].join('.');
}
