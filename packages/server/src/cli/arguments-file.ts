import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { UserError } from '../kernel/errors.ts';
import { parseIJson } from '../kernel/ijson.ts';
import type { Terminal } from './credential.ts';

const bytesMax = 8 * 2 ** 20;

/** New arguments: from a file, from standard input, or out of the person's editor. */
export async function changedArguments(file: string | undefined, now: Json, terminal: Terminal): Promise<JsonObject> {
  const text = file === '-' ? await readAll(terminal.stdin) : file === undefined ? await fromEditor(now, terminal) : await readGiven(file);
  const parsed = parseIJson(text);
  if (!parsed.ok) throw new UserError(`The arguments are not JSON as it is taken here: ${parsed.says}. Nothing was changed.`);
  if (typeof parsed.value !== 'object' || parsed.value === null || Array.isArray(parsed.value))
    throw new UserError('The arguments of a call are a JSON object. Nothing was changed.');
  return parsed.value as JsonObject;
}

async function fromEditor(now: Json, { stdin, env }: Terminal): Promise<string> {
  const editor = env['VISUAL'] || env['EDITOR'];
  if (stdin.isTTY !== true || !editor)
    throw new UserError(
      'There is no editor to change it in (VISUAL or EDITOR). Nothing was changed.',
      'Name a JSON file with --arguments.',
    );
  const folder = await mkdtemp(join(tmpdir(), 'trapkey-edit-'));
  try {
    const path = join(folder, 'arguments.json');
    await writeFile(path, `${JSON.stringify(now, null, 2)}\n`, { mode: 0o600 });
    const [command = '', ...args] = editor.split(' ').filter(Boolean);
    const done = spawnSync(command, [...args, path], { stdio: 'inherit' });
    if (done.status !== 0) throw new UserError(`${command} did not end well, so nothing was changed.`);
    return await readFile(path, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readGiven(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readAll(stdin: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > bytesMax) throw new UserError('Those arguments are too long. Nothing was changed.');
  }
  return text;
}
