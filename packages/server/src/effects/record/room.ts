import { rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecordUnavailable } from '../../kernel/errors.ts';
import type { OpenRecorder } from './effect.ts';

const mib = 1024 * 1024;

/** Where the record warns of a disk that fills up, and where it takes no more calls. */
export const roomLimits = { warnBytes: 1024 * mib, refuseBytes: 64 * mib, reserveBytes: 8 * mib } as const;

/** The room that the embedded record has left on its disk. */
export interface Room {
  /** Looks again; gives what a person should hear, once for each turn. */
  look(): Promise<string | undefined>;
  /** False: what begins now could not be ended on record. */
  enough(): boolean;
}

type State = 'enough' | 'little' | 'none';

interface RoomParts {
  readonly folder: string;
  readonly freeBytes?: (folder: string) => Promise<number>;
}

/**
 * Watches the disk under a folder. A reserve file stands there while there is room, and is deleted when there is none: what
 * was begun is ended on record, and nothing new begins.
 */
export function openRoom({ folder, freeBytes = freeBytesOf }: RoomParts): Room {
  const reserve = join(folder, 'reserve');
  let state: State = 'enough';
  return {
    enough: () => state !== 'none',
    async look() {
      const free = await freeBytes(folder);
      const held = (await stat(reserve).catch(() => undefined))?.size ?? 0;
      // What the reserve held was ours: given back, it must not look like room for new calls.
      const left = held > 0 ? free : free - roomLimits.reserveBytes;
      const was = state;
      state = left < roomLimits.refuseBytes ? 'none' : left < roomLimits.warnBytes ? 'little' : 'enough';
      if (state === 'none') await rm(reserve, { force: true });
      else if (held < roomLimits.reserveBytes)
        await writeFile(reserve, Buffer.alloc(roomLimits.reserveBytes, 1), { mode: 0o600 }).catch(() => undefined);
      return state === was ? undefined : words(state, folder, free);
    },
  };
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function words(state: State, folder: string, free: number): string {
  const left = `The disk of ${folder} has ${Math.floor(free / mib)} MiB left`;
  if (state === 'none')
    return `${left}, so no call begins any more (record_unavailable); what runs is still recorded. Make room on it: calls go on by themselves.`;
  if (state === 'little')
    return `${left}. Under ${roomLimits.refuseBytes / mib} MiB no call begins any more: make room on it, or move the data folder.`;
  return `${left} again, which is enough.`;
}

/** The recorder, refusing what would begin a call while there is no room; how calls end is written for as long as it can be. */
export function withRoom(recorder: OpenRecorder, room: Pick<Room, 'enough'>): OpenRecorder {
  return {
    ...recorder,
    async commit(commit) {
      const begins = commit.entries.some(({ kind, verdict }) => kind === 'requested' || (kind === 'decided' && verdict === 'allow'));
      if (begins && !room.enough()) throw new RecordUnavailable('its disk is full');
      return await recorder.commit(commit);
    },
  };
}
