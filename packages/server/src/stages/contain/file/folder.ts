import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orderBytesMax } from './order.ts';

/** More files than this are one problem, not many orders. */
const filesMax = 64;

/** A file that lay there: its text, or why it could not be read. */
export interface Found {
  readonly file: string;
  readonly digest: string;
  readonly text: string | undefined;
  readonly problem: string | undefined;
}

/**
 * Every file of the folder; names that begin with a dot are somebody's work in progress. What cannot be read is found
 * all the same, as a problem: it may have been an order.
 */
export async function lookInto(folder: string): Promise<readonly Found[]> {
  try {
    const names = (await namesIn(folder)).filter((name) => !name.startsWith('.')).toSorted();
    if (names.length > filesMax) return [problem(folder, `it holds more than ${filesMax} files`)];
    return await Promise.all(names.map((name) => readFound(folder, name)));
  } catch (error) {
    return [problem(folder, `the folder cannot be read (${codeOf(error)})`)];
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    // Whoever deletes the folder releases nothing; it is there again for the next order.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return [];
  }
}

async function readFound(folder: string, file: string): Promise<Found> {
  try {
    // A pipe must not keep us waiting for whoever writes it.
    const handle = await open(join(folder, file), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(orderBytesMax + 1);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
      if (bytesRead > orderBytesMax) return problem(file, `it is longer than ${orderBytesMax} bytes`);
      const text = bytes.toString('utf8', 0, bytesRead).trim();
      return { file, digest: digestOf(text), text, problem: undefined };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return problem(file, `it cannot be read (${codeOf(error)})`);
  }
}

function problem(file: string, says: string): Found {
  return { file, digest: digestOf(`${file}\n${says}`), text: undefined, problem: says };
}

/** The digest that a file is known under, on every node. */
function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}

/** A file, and when this node saw it first. */
export interface KeptFile extends Found {
  readonly seenAtMs: number;
}

/** Copies of what was seen and is not in the database yet: deleting a file must release nothing, over a restart too. */
export interface Kept {
  keep(found: KeptFile): Promise<void>;
  all(): Promise<readonly KeptFile[]>;
  forget(digest: string): Promise<void>;
}

/** Keeps them in a folder of the node's own. */
export function keptIn(folder: string): Kept {
  const pathOf = (digest: string) => join(folder, `${digest.slice('sha256:'.length)}.json`);
  return {
    async keep(found) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(pathOf(found.digest), JSON.stringify(found), { mode: 0o600, flush: true });
    },
    async all() {
      const names = await readdir(folder).catch((error: unknown) => codeOf(error));
      if (typeof names === 'string')
        return names === 'ENOENT' ? [] : [{ ...problem(folder, `the copies of stop files cannot be read (${names})`), seenAtMs: 0 }];
      return await Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => readKept(join(folder, name), name)));
    },
    forget: (digest) => rm(pathOf(digest), { force: true }),
  };
}

/** A copy that was tampered with is judged by what it says now: not an order, so it stops everything. */
async function readKept(path: string, name: string): Promise<KeptFile> {
  try {
    const { file, text, problem: says, seenAtMs } = JSON.parse(await readFile(path, 'utf8')) as KeptFile;
    const when = { seenAtMs: Number.isFinite(seenAtMs) ? seenAtMs : 0 };
    if (typeof text === 'string') return { file: String(file), digest: digestOf(text), text, problem: undefined, ...when };
    return { ...problem(String(file), String(says)), ...when };
  } catch {
    return { ...problem(name, 'the copy that this node kept of it cannot be read'), seenAtMs: 0 };
  }
}
