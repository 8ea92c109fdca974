import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { expect, onTestFinished, test } from 'vitest';
import { RecordUnavailable } from '../../kernel/errors.ts';
import { openDatabase } from '../../storage/database.ts';
import { openRecorder } from './effect.ts';
import { openKeys } from './keys.ts';
import { openRoom, roomLimits, withRoom } from './room.ts';

test('a disk that fills up is told of once, then no call begins, and what runs is ended on record out of the reserve', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-room-'));
  const database = await openDatabase({ kind: 'sqlite', file: join(folder, 'trapkey.db') });
  let free = 10 * roomLimits.warnBytes;
  const room = openRoom({ folder, freeBytes: async () => free });
  const recorder = withRoom(openRecorder({ database, keys: openKeys(join(folder, 'keys'), { mayCreate: true }) }), room);
  onTestFinished(async () => {
    await recorder.close();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const commit = (kind: EntryFields['kind']) =>
    recorder.commit({ entries: [{ timestamp: '2026-11-02T09:00:00.000Z', kind, call: 'C', verdict: 'allow' }] });
  const reserve = join(folder, 'reserve');

  expect(await room.look()).toBeUndefined();
  expect(statSync(reserve).size).toBe(roomLimits.reserveBytes);
  await commit('requested');

  free = roomLimits.warnBytes - 1;
  expect(await room.look()).toContain('1023 MiB left');
  expect(await room.look()).toBeUndefined();
  await commit('decided');

  free = roomLimits.refuseBytes - 1;
  expect(await room.look()).toContain('no call begins any more');
  expect(existsSync(reserve)).toBe(false);
  for (const kind of ['requested', 'decided'] as const) await expect(commit(kind)).rejects.toThrow(RecordUnavailable);
  expect(await commit('executed')).toMatchObject({ status: 'committed' });
  expect(await commit('admin')).toMatchObject({ status: 'committed' });

  // What the deleted reserve gave back is no room for new calls.
  free += roomLimits.reserveBytes;
  expect(await room.look()).toBeUndefined();
  await expect(commit('requested')).rejects.toThrow('its disk is full');

  free = 10 * roomLimits.warnBytes;
  expect(await room.look()).toContain('enough');
  expect(statSync(reserve).size).toBe(roomLimits.reserveBytes);
  await commit('requested');
});

test('the room of a real disk can be read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-room-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const room = openRoom({ folder });
  await room.look();
  expect(existsSync(join(folder, 'reserve'))).toBe(room.enough());
});
