import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { type Command, Option } from 'commander';
import type { ProvenPerson } from '../kernel/approvals.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';

const codeCharactersMax = 200;

/** What a command reads from and writes to, given by whoever runs it. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Options of a command that needs a credential. */
export interface CredentialOptions {
  readonly as?: string;
  readonly codeStdin?: boolean;
}

/** Adds them. The code itself is no option: arguments are seen by every process of the machine. */
export function takesCredential(command: Command): Command {
  return command
    .addOption(new Option('--as <person>', 'who you are').env('TRAPKEY_PERSON'))
    .option('--code-stdin', 'read your code from standard input instead of asking (or name a file in TRAPKEY_CODE_FILE)');
}

/**
 * Proves who runs the command: by their code, or where `session` is enough by having signed in here. Throws UserError
 * when it does not. A session file can be read by whatever runs as the same user, so a code is the default.
 */
export async function prove(
  people: Pick<People, 'verifyCode' | 'list' | 'signedIn'>,
  options: CredentialOptions,
  terminal: Terminal,
  need: 'code' | 'session' = 'code',
): Promise<ProvenPerson> {
  const signed = options.as === undefined && !options.codeStdin ? await people.signedIn?.() : undefined;
  if (signed && need === 'session') return signed.who;
  const person = options.as ?? signed?.who.person ?? (await onlyPerson(people));
  const verified = await people.verifyCode(person, await askCredential(person, options, terminal));
  if (verified.ok) return verified.who;
  throw new UserError(verified.says);
}

/** Reads a code: from standard input, a file that only its owner can read, or a prompt that does not show it. */
async function askCredential(person: string, options: CredentialOptions, terminal: Terminal): Promise<string> {
  const file = terminal.env['TRAPKEY_CODE_FILE'];
  const code = options.codeStdin
    ? await readAll(terminal.stdin)
    : file !== undefined && file !== ''
      ? await readCodeFile(file)
      : await promptFor(person, terminal);
  const trimmed = code.trim();
  if (trimmed === '')
    throw new UserError(
      'No code came. Nothing was changed.',
      'The code was shown when you were enrolled; an administrator can give a new one.',
    );
  return trimmed;
}

async function onlyPerson(people: Pick<People, 'list'>): Promise<string> {
  const enrolled = await people.list();
  const [only] = enrolled;
  if (!only) throw new UserError('Nobody has a credential yet.', 'Run `trapkey up` once: it enrolls the first administrator.');
  if (enrolled.length > 1) throw new UserError('Say who you are.', 'Add `--as <person>`, or set TRAPKEY_PERSON.');
  return only.person;
}

async function readCodeFile(file: string): Promise<string> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) === 0) return (await readFile(file, 'utf8')).slice(0, codeCharactersMax);
  } catch (error) {
    throw new UserError(`The file of TRAPKEY_CODE_FILE cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new UserError(
    `${file} can be read by others than its owner, so the code in it proves nothing.`,
    `Run \`chmod 600 ${file}\`, and ask for a new code if others may have read it.`,
  );
}

async function readAll(stdin: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > codeCharactersMax) break;
  }
  return text.slice(0, codeCharactersMax);
}

async function promptFor(person: string, { stdin, stderr }: Terminal): Promise<string> {
  if (stdin.isTTY !== true)
    throw new UserError(
      'This needs your code, and there is no terminal to ask on.',
      'Use --code-stdin, or name a file in TRAPKEY_CODE_FILE.',
    );
  stderr.write(`Code of ${person}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: silent, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.question('', resolve);
      lines.once('SIGINT', () => reject(new UserError('Stopped. Nothing was changed.')));
      lines.once('close', () => resolve(''));
    });
  } finally {
    lines.close();
    stderr.write('\n');
  }
}
