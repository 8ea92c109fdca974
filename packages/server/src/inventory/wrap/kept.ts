import { createHash } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../kernel/errors.ts';

const fileBytesMax = 32 * 1024 * 1024;

/** What is kept of one wrapped file until it is unwrapped. */
export interface Kept {
  readonly format: 'trapkey-wrapped/1';
  readonly file: string;
  readonly plugin: string;
  readonly person: string;
  readonly policyFile: string;
  readonly policyDigest: string;
  /** Digests of the file as it was, and as it was written. */
  readonly before: string;
  readonly after: string;
  readonly entries: readonly { readonly path: readonly string[]; readonly connector: string; readonly wrote: string }[];
  readonly variables: readonly string[];
}

/** The digest of bytes, as the rest of Trapkey writes them. */
export function digestOf(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Where a wrapped file's backup, tokens and manifest lie: one private folder for each file. */
export function keptFolder(data: string, file: string): string {
  return join(data, 'wrapped', createHash('sha256').update(file).digest('hex').slice(0, 16));
}

/** The real place of a file and its bytes; links are followed, so that the file behind them is what is replaced. */
export async function readTarget(path: string): Promise<{ readonly file: string; readonly bytes: Buffer; readonly mode: number }> {
  const file = await realpath(path).catch(() => undefined);
  const about = file === undefined ? undefined : await stat(file);
  if (file === undefined || !about?.isFile())
    throw new UserError(`There is no file ${path}.`, 'Name a client configuration, such as .mcp.json.');
  if (about.size > fileBytesMax) throw new UserError(`${path} has over ${fileBytesMax / 1_048_576} MB; that is no client configuration.`);
  return { file, bytes: await readFile(file), mode: about.mode & 0o777 };
}

/** Writes all or nothing: a new file in the place of the old one. */
export async function replaceFile(file: string, bytes: Uint8Array | string, mode = 0o600): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const next = join(dirname(file), `.${basename(file)}.trapkey-${process.pid}`);
  const handle = await open(next, 'wx', mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(next, mode);
  await rename(next, file);
}

/** The manifest of a wrapped file with its backup; undefined where it was never wrapped from here. */
export async function keptOf(data: string, file: string): Promise<{ readonly kept: Kept; readonly backup: Buffer } | undefined> {
  const folder = keptFolder(data, file);
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const kept = JSON.parse(text) as Kept;
  const backup = await readFile(join(folder, 'backup'));
  if (digestOf(backup) !== kept.before)
    throw new UserError(
      `The backup of ${file} is not the one that was kept: its digest differs. Nothing was changed.`,
      `It lies in ${folder}.`,
    );
  return { kept, backup };
}

/** The backup first: a manifest without one would promise what nobody can keep. */
export async function keep(data: string, kept: Kept, backup: Uint8Array): Promise<void> {
  const folder = keptFolder(data, kept.file);
  await replaceFile(join(folder, 'backup'), backup);
  await replaceFile(join(folder, 'manifest.json'), `${JSON.stringify(kept, null, 2)}\n`);
}

/** Forgets what was kept, tokens included. */
export async function forget(data: string, file: string): Promise<void> {
  await rm(keptFolder(data, file), { recursive: true, force: true });
}

/** Every wrapped file of a data folder. */
export async function allKept(data: string): Promise<readonly Kept[]> {
  const folders = await readdir(join(data, 'wrapped'), { withFileTypes: true }).catch(() => []);
  const texts = folders.filter((one) => one.isDirectory()).map((one) => readFile(join(data, 'wrapped', one.name, 'manifest.json'), 'utf8'));
  return (await Promise.allSettled(texts)).flatMap((one) => (one.status === 'fulfilled' ? [JSON.parse(one.value) as Kept] : []));
}
