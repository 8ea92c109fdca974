import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { UserError } from '../../kernel/errors.ts';
import type { ReleaseFile } from '../../kernel/releases.ts';
import { revealed } from '../../kernel/revealed.ts';

export const filesMax = 5_000;
export const fileBytesMax = 8 * 1024 * 1024;
export const releaseBytesMax = 64 * 1024 * 1024;
const depthMax = 16;
const pathCharactersMax = 300;

/** Every file of a release, and the bytes of each by digest. */
export interface ReadFiles {
  readonly files: readonly ReleaseFile[];
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  readonly digest: string;
}

/** Reads a folder whole, in a stable order. What cannot be kept byte for byte on every machine is refused, not left out. */
export async function readReleaseFiles(root: string): Promise<ReadFiles> {
  const paths = await pathsBelow(root);
  const files: ReleaseFile[] = [];
  const bytes = new Map<string, Uint8Array>();
  let sum = 0;
  for (const path of paths) {
    const read = await readWhole(join(root, path), path);
    sum += read.length;
    if (sum > releaseBytesMax) throw tooMuch(`its files have more than ${releaseBytesMax / 1_048_576} MB together`);
    const digest = `sha256:${createHash('sha256').update(read).digest('hex')}`;
    files.push({ path, digest, bytes: read.length });
    bytes.set(digest, read);
  }
  if (files.length === 0) throw new UserError('There are no files in it, so nothing was proposed.');
  return { files, bytes, digest: digestOf(files) };
}

/** One digest over the path and digest of every file, in whatever order they are given. */
export function digestOf(files: readonly ReleaseFile[]): string {
  const named = files.map(({ path, digest }) => [path, digest] as const).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `sha256:${createHash('sha256')
    .update(canonicalize(named) ?? '')
    .digest('hex')}`;
}

async function pathsBelow(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const folded = new Map<string, string>();
  const walk = async (below: string, depth: number): Promise<void> => {
    if (depth > depthMax) throw tooMuch(`its folders are deeper than ${depthMax}`);
    const entries = await readdir(join(root, below), { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (below === '' && entry.name === '.git') continue;
      if (path.length > pathCharactersMax || revealed(path) !== path || path.includes('\\'))
        throw odd(path, 'has a name that is too long, or hides something');
      const same = folded.get(path.normalize('NFKC').toLowerCase());
      if (same !== undefined) throw odd(path, `is the same file as ${revealed(same)} where case does not count`);
      folded.set(path.normalize('NFKC').toLowerCase(), path);
      if (entry.isDirectory()) await walk(path, depth + 1);
      else if (entry.isFile()) found.push(path);
      else throw odd(path, entry.isSymbolicLink() ? 'is a link; a release holds only files' : 'is no plain file');
      if (found.length > filesMax) throw tooMuch(`it has more than ${filesMax} files`);
    }
  };
  await walk('', 0);
  return found;
}

/** The file itself, never what a link put in its place meanwhile leads to; not blocking, because it might be a pipe. */
async function readWhole(place: string, path: string): Promise<Uint8Array> {
  const handle = await open(place, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(() => undefined);
  if (!handle) throw odd(path, 'cannot be read');
  try {
    const { size } = await handle.stat();
    if (size > fileBytesMax) throw tooMuch(`${revealed(path)} has more than ${fileBytesMax / 1_048_576} MB`);
    const read = await handle.readFile();
    if (read.length > fileBytesMax) throw tooMuch(`${revealed(path)} grew while it was read`);
    return read;
  } finally {
    await handle.close();
  }
}

function odd(path: string, says: string): UserError {
  return new UserError(
    `${revealed(path.slice(0, 200))} ${says}. Nothing was proposed.`,
    'Take it out of the plugin, then propose it again.',
  );
}

function tooMuch(says: string): UserError {
  return new UserError(`This is no plugin that can be kept: ${says}. Nothing was proposed.`);
}
