import { randomBytes } from 'node:crypto';
import type { Entry, EntryFields } from '@trapkey/contract/entry.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type FreshDatabase } from '../../../../../test/support/databases.ts';
import { decodePeaks, rootOf } from '../../kernel/merkle.ts';
import { openDatabase } from '../../storage/database.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import { type OpenRecorder, openRecorder } from './effect.ts';
import { parseVerifierKey } from './note.ts';
import { closeOrphans } from './settle.ts';
import { signerOf } from './signer.ts';
import { checkpointNow, keepRecord } from './worker.ts';

const keys = { master: randomBytes(32), names: randomBytes(32), signing: randomBytes(32), tokens: randomBytes(32) };
const startMs = Date.parse('2026-06-06T14:00:00.000Z');
const clock = () => startMs;

describe.each(databases)('the record’s worker on $name', ({ fresh }) => {
  let one: FreshDatabase;
  let recorder: OpenRecorder;
  const entry = (kind: EntryFields['kind'], call: string, more: Partial<EntryFields> = {}): EntryFields => ({
    timestamp: new Date(startMs).toISOString(),
    kind,
    call,
    attempt: 1,
    on_behalf_of: 'ana@corp',
    connector: 'crm',
    tool: 'write',
    ...more,
  });
  const write = (...entries: EntryFields[]) => recorder.commit({ entries });
  const closed = async () => {
    const rows = await one.database.read.selectFrom('ledger').select('bytes').where('kind', '=', 'closed').orderBy('entry').execute();
    return rows.map((row) => JSON.parse(row.bytes) as Entry);
  };
  const settle = (olderThanMs = 0, pageEntries = 3) => closeOrphans({ recorder, database: one.database, clock, olderThanMs, pageEntries });

  beforeEach(async () => {
    one = await fresh();
    recorder = openRecorder({ database: one.database, keys });
  });
  afterEach(async () => {
    await recorder.close();
    await one.drop();
  });

  it('closes what a crash left open as unknown, once, and nothing else', async () => {
    await write(entry('requested', 'done'), entry('decided', 'done', { verdict: 'allow' }), entry('executed', 'done', { outcome: 'done' }));
    await write(entry('requested', 'running'), entry('decided', 'running', { verdict: 'allow', arguments: 'sha256:00' }));
    await write(entry('requested', 'refused'), entry('decided', 'refused', { verdict: 'deny' }));
    await write(entry('requested', 'probing'), entry('probing', 'probing'));
    await write(entry('requested', 'probed'), entry('probing', 'probed'), entry('probed', 'probed'));
    await write(
      entry('requested', 'held'),
      entry('decided', 'held', { verdict: 'hold' }),
      entry('held', 'held'),
      entry('approved', 'held'),
    );
    await write(entry('requested', 'resumed'), entry('decided', 'resumed', { verdict: 'hold' }));
    await write(entry('requested', 'resumed', { attempt: 2 }), entry('decided', 'resumed', { attempt: 2, verdict: 'allow' }));
    await write(entry('requested', 'asked'));
    expect([...(await settle())].sort()).toEqual(['asked', 'probed', 'probing', 'resumed', 'running']);
    const found = await closed();
    expect(new Set(found.map((one) => one.outcome))).toEqual(new Set(['unknown']));
    expect(found.find((one) => one.call === 'running')).toMatchObject({
      kind: 'closed',
      connector: 'crm',
      tool: 'write',
      arguments: 'sha256:00',
      on_behalf_of: recorder.pseudonym('person', 'ana@corp'),
    });
    expect(found.find((one) => one.call === 'resumed')?.attempt).toBe(2);
    expect(found.find((one) => one.call === 'asked')?.detail).toContain('nothing was sent');
    expect(await settle()).toEqual([]);
    expect(await closed()).toHaveLength(5);
  });

  it('leaves alone what may still be running, and comes back to it', async () => {
    const old = { timestamp: new Date(startMs - 60_000).toISOString() };
    await write(entry('requested', 'old', old), entry('decided', 'old', { ...old, verdict: 'allow' }));
    await write(entry('requested', 'young'), entry('decided', 'young', { verdict: 'allow' }));
    await write(entry('requested', 'later'), entry('decided', 'later', { verdict: 'allow' }), entry('executed', 'later'));
    expect(await settle(30_000)).toEqual(['old']);
    expect(await settle(30_000)).toEqual([]);
    expect(await settle(0)).toEqual(['young']);
  });

  it('starts where everything before is settled', async () => {
    for (let i = 0; i < 5; i++) await write(entry('requested', `C${i}`), entry('decided', `C${i}`, { verdict: 'deny' }));
    await settle();
    const tree = await one.database.read.selectFrom('tree').select(['size', 'settled']).executeTakeFirstOrThrow();
    expect(tree).toEqual({ size: 10, settled: 10 });
  });

  it('signs the committed head once a growth, so that anyone with the public key can check it', async () => {
    expect(await checkpointNow({ recorder, keys, clock })).toBeUndefined();
    await write(entry('requested', 'C1'), entry('decided', 'C1', { verdict: 'deny' }));
    const note = await checkpointNow({ recorder, keys, clock });
    expect(await checkpointNow({ recorder, keys, clock })).toBeUndefined();
    const { origin, publicKey } = signerOf(keys);
    const checkpoint = verifyCheckpoint(note ?? '', [parseVerifierKey(publicKey)]);
    const tree = await one.database.read.selectFrom('tree').selectAll().executeTakeFirstOrThrow();
    expect(checkpoint).toMatchObject({ origin, size: 2 });
    expect(Buffer.from(checkpoint.root)).toEqual(Buffer.from(rootOf(decodePeaks(tree.size, tree.peaks))));
    expect(await one.database.read.selectFrom('checkpoints').selectAll().execute()).toEqual([{ size: 2, at_ms: startMs, note }]);
  });

  it('closes at once when it serves alone, waits where another serves, and ends with a checkpoint', async () => {
    await write(entry('requested', 'C1'), entry('decided', 'C1', { verdict: 'allow' }));
    const alarms: string[] = [];
    const parts = { recorder, keys, clock, alarm: (says: string) => void alarms.push(says) };
    const first = await keepRecord({ ...parts, database: one.database });
    expect(alarms).toEqual(['1 call was left open, and closed as outcome unknown: C1. Look at each: trapkey record show <call>.']);
    await write(entry('requested', 'C2'), entry('decided', 'C2', { verdict: 'allow' }));
    const other = await openDatabase(one.address);
    const second = await keepRecord({ ...parts, database: other });
    expect(await closed()).toHaveLength(1);
    await second.stop();
    await other.close();
    await first.stop();
    const newest = await one.database.read.selectFrom('checkpoints').select('size').orderBy('size', 'desc').executeTakeFirstOrThrow();
    expect(newest.size).toBe(5);
    expect(alarms).toHaveLength(1);
  });
});
