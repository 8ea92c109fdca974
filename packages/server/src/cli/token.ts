import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../kernel/errors.ts';
import type { Terminal } from './credential.ts';

/** The token of a command that speaks for a person: from the environment or a private file, never from an argument. */
export async function readToken(file: string | undefined, env: Terminal['env']): Promise<string> {
  const named = file ?? env['TRAPKEY_TOKEN_FILE'];
  const token = (named === undefined || named === '' ? env['TRAPKEY_TOKEN'] : await readPrivate(named))?.trim();
  if (token !== undefined && token !== '') return token;
  throw new UserError(
    'No token came.',
    'Get one with `trapkey connect <plugin>`, and put it in TRAPKEY_TOKEN or in a file that TRAPKEY_TOKEN_FILE names.',
  );
}

async function readPrivate(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new UserError(`The token file ${file} cannot be read.`);
  if ((found.mode & 0o077) !== 0)
    throw new UserError(`The token file ${file} can be read by others.`, `Make it yours alone: chmod 600 ${file}`);
  return await readFile(file, 'utf8');
}
