import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../kernel/errors.ts';

const names = ['master', 'signing', 'tokens', 'names'] as const;
const keyBytes = 32;

/** The four keys of an organization, 32 bytes each, kept outside the database and its backups. */
export interface Keys {
  /** Wraps the vault's data keys. */
  readonly master: Uint8Array;
  /** Seed of the Ed25519 key that signs checkpoints. */
  readonly signing: Uint8Array;
  /** Keys the hashes of access tokens. */
  readonly tokens: Uint8Array;
  /** Keys the salts of pseudonyms. */
  readonly names: Uint8Array;
}

/**
 * Reads the keys of a folder, and makes those of a new one. `mayCreate` is false once the database has entries: new keys
 * would silently cut off everything sealed, signed and named before.
 */
export function openKeys(folder: string, { mayCreate }: { readonly mayCreate: boolean }): Keys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const keys: Partial<Record<(typeof names)[number], Uint8Array>> = {};
  for (const name of names) keys[name] = readKey(join(folder, `${name}.key`), mayCreate);
  return keys as Keys;
}

function readKey(file: string, mayCreate: boolean): Uint8Array {
  const found = read(file);
  if (found) return found;
  if (!mayCreate) {
    throw new UserError(
      `The key ${file} is missing, and the database already has entries`,
      'Restore the keys folder from its backup. Without it nothing that was sealed or signed before can be read or continued.',
    );
  }
  create(file);
  return read(file) ?? fail(file, 'could not be created');
}

function read(file: string): Uint8Array | undefined {
  try {
    const { mode } = statSync(file);
    if ((mode & 0o077) !== 0) chmodSync(file, 0o600);
    const text = readFileSync(file, 'utf8').trim();
    if (!/^[0-9a-f]{64}$/.test(text)) fail(file, `does not hold ${keyBytes} bytes in hexadecimal`);
    return Buffer.from(text, 'hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written aside and linked into place: two processes that start together end with one key, and a crash with none or all of it. */
function create(file: string): void {
  const aside = `${file}.${process.pid}.new`;
  const handle = openSync(aside, 'wx', 0o600);
  writeSync(handle, `${randomBytes(keyBytes).toString('hex')}\n`);
  fsyncSync(handle);
  closeSync(handle);
  try {
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside);
  }
  // Its name must be on the disk before anything is sealed under it.
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function fail(file: string, what: string): never {
  throw new UserError(`The key ${file} ${what}`, 'Restore it from a backup of the keys folder.');
}
