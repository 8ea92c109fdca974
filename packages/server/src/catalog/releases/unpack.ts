import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar';
import { type Entry, openPromise } from 'yauzl';
import { UserError } from '../../kernel/errors.ts';
import { revealed } from '../../kernel/revealed.ts';
import { fileBytesMax, filesMax, releaseBytesMax } from './files.ts';

/** A folder that somebody else removes when they are done. */
export interface Unpacked {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Opens a folder as it is, or an archive unpacked beside everything else; undefined when it is neither. */
export async function openLocal(source: string): Promise<Unpacked | undefined> {
  const about = await stat(source).catch(() => undefined);
  if (!about) return undefined;
  if (about.isDirectory()) return { folder: source, remove: async () => undefined };
  const unpack = /\.(zip|mcpb|dxt)$/i.test(source) ? unzip : /\.(tar|tar\.gz|tgz)$/i.test(source) ? untar : undefined;
  if (!about.isFile() || !unpack)
    throw new UserError(`${revealed(source.slice(0, 200))} is no folder and no archive that is read here (zip, tar, tar.gz).`);
  const folder = await mkdtemp(join(tmpdir(), 'trapkey-release-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await unpack(source, folder);
    return { folder: await withoutWrapper(folder), remove };
  } catch (error) {
    await remove();
    if (error instanceof UserError) throw error;
    throw new UserError(`The archive cannot be read: ${wordsOf(error)}. Nothing was proposed.`);
  }
}

/** Sums what comes out, whatever the archive says of its sizes. */
function budget() {
  const left = { files: filesMax, bytes: releaseBytesMax };
  return {
    file(): void {
      if (--left.files < 0) throw new UserError(`The archive holds more than ${filesMax} files. Nothing was proposed.`);
    },
    bytes(count: number): void {
      left.bytes -= count;
      if (left.bytes < 0)
        throw new UserError(
          `The archive unpacks to more than ${releaseBytesMax / 1_048_576} MB, so it was not unpacked further. Nothing was proposed.`,
        );
    },
  };
}

async function unzip(source: string, folder: string): Promise<void> {
  const zip = await openPromise(source, { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: true });
  const spent = budget();
  try {
    for await (const entry of zip.eachEntry()) {
      spent.file();
      const kind = (entry.externalFileAttributes >>> 16) & 0o170000;
      if (kind === 0o120000) throw refused(entry.fileName, 'is a link');
      if (entry.fileName.endsWith('/')) continue;
      await one(entry);
    }
  } finally {
    zip.close();
  }

  async function one(entry: Entry): Promise<void> {
    const place = join(folder, entry.fileName);
    if (!place.startsWith(`${folder}/`)) throw refused(entry.fileName, 'lies outside of the archive');
    await mkdir(dirname(place), { recursive: true });
    let bytes = 0;
    const bounded = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        bytes += chunk.length;
        try {
          spent.bytes(chunk.length);
          next(bytes > fileBytesMax ? refused(entry.fileName, `has more than ${fileBytesMax / 1_048_576} MB`) : null, chunk);
        } catch (error) {
          next(error as Error);
        }
      },
    });
    // A name that is there already is another file of the same name, maybe in other case: never overwritten.
    await pipeline(await zip.openReadStreamPromise(entry), bounded, createWriteStream(place, { flags: 'wx', mode: 0o600 }));
  }
}

async function untar(source: string, folder: string): Promise<void> {
  const spent = budget();
  let broken: Error | undefined;
  const judge = (path: string, entry: { readonly type?: string; readonly size?: number }): void => {
    spent.file();
    spent.bytes(entry.size ?? 0);
    if (entry.type !== 'File' && entry.type !== 'OldFile' && entry.type !== 'Directory') throw refused(path, 'is a link or no plain file');
    if (path.startsWith('/') || path.split('/').includes('..')) throw refused(path, 'lies outside of the archive');
  };
  // What comes out of the compression is counted, also what is skipped later: headers may say anything.
  let out = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      out += chunk.length;
      next(out > 2 * releaseBytesMax ? refused(basename(source), 'unpacks to far more than a plugin has') : null, chunk);
    },
  });
  const plain = `${folder}.tar`;
  const steps = /\.tar$/i.test(source) ? [bounded] : [createGunzip(), bounded];
  try {
    await pipeline([createReadStream(source), ...steps, createWriteStream(plain, { flags: 'wx', mode: 0o600 })]);
    await extract({
      file: plain,
      cwd: folder,
      strict: true,
      preservePaths: false,
      noChmod: true,
      filter: (path, entry) => {
        try {
          if (!broken) judge(path, entry as { readonly type?: string; readonly size?: number });
        } catch (error) {
          broken = error as Error;
        }
        return broken === undefined;
      },
    });
  } catch (error) {
    throw broken ?? error;
  } finally {
    await rm(plain, { force: true });
  }
  if (broken) throw broken;
}

/** Archives of repositories hold one folder that holds everything. */
async function withoutWrapper(folder: string): Promise<string> {
  const [only, ...more] = await readdir(folder, { withFileTypes: true });
  const isPlugin = only?.name === '.claude-plugin' || only?.name === 'skills';
  return only?.isDirectory() && more.length === 0 && !isPlugin ? join(folder, only.name) : folder;
}

function refused(name: string, says: string): UserError {
  return new UserError(`${revealed(name.slice(0, 200))} in the archive ${says}. Nothing was proposed.`);
}

function wordsOf(error: unknown): string {
  return revealed(error instanceof Error ? error.message : String(error)).slice(0, 200);
}
