import type { Command } from 'commander';
import { hooksPath } from '../kernel/announced.ts';
import { parseDurationMs } from '../kernel/duration.ts';
import { UserError } from '../kernel/errors.ts';
import type { Terminal } from './credential.ts';
import { readToken } from './token.ts';

const eventBytesMax = 16 * 1024 * 1024;
const answerBytesMax = 8 * 1024 * 1024;
const blocked = 2;

const help = `
Reads one event from standard input, as Claude Code gives it to a hook of type "command", and writes the gateway's answer.
It fails closed: when no answer comes, it exits with 2, which keeps the tool from running.
The token is read from TRAPKEY_TOKEN, or from the file that TRAPKEY_TOKEN_FILE or --token-file names; never from an argument.

Example, in the settings of a machine without HTTP hooks (trapkey settings managed --command writes them):
  {"type": "command", "command": "trapkey hook --url https://trapkey.corp.example --token-file ~/.trapkey-hook"}`;

interface HookOptions {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly timeout: string;
}

/** `trapkey hook`: the command form of the hook, for clients and events that know no HTTP hooks. */
export function hookCommand(program: Command, terminal: Terminal): void {
  program
    .command('hook')
    .description('answer one hook event of Claude Code from standard input; blocks when the gateway cannot be asked')
    .option('--url <url>', 'the gateway (TRAPKEY_URL)')
    .option('--token-file <file>', 'a file that holds the token and that only you can read')
    .option('--timeout <duration>', 'how long to wait for the answer', '10s')
    .addHelpText('after', help)
    .action(async (options: HookOptions) => {
      try {
        terminal.stdout.write(`${await askGateway(options, terminal)}\n`);
      } catch (error) {
        const says = error instanceof UserError ? [error.message, error.next].filter(Boolean).join(' ') : String(error);
        terminal.stderr.write(`NOT DONE: Trapkey could not be asked, so nothing runs. ${says} Nothing was changed.\n`);
        process.exitCode = blocked;
      }
    });
}

/** The gateway's answer to the event on standard input. Rejects, in words, where there is none: then the tool must not run. */
export async function askGateway(options: HookOptions, terminal: Pick<Terminal, 'stdin' | 'env'>): Promise<string> {
  const base = options.url ?? terminal.env['TRAPKEY_URL'];
  const url = base === undefined ? null : URL.parse(hooksPath, base);
  if (!url || !/^https?:$/.test(url.protocol)) throw new UserError('No gateway is named.', 'Give --url https://trapkey.corp.example.');
  const timeoutMs = parseDurationMs(options.timeout);
  if (timeoutMs === undefined) throw new UserError(`${options.timeout} is not a duration.`, 'For example --timeout 10s.');
  const [token, event] = await Promise.all([readToken(options.tokenFile, terminal.env), readAll(terminal.stdin)]);
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: event,
    // What answers in another place was not asked.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw new UserError(`The gateway at ${url.origin} did not answer (${reasonOf(error)}).`);
  });
  const text = reply.status === 200 ? await reply.text() : '';
  if (text.length > answerBytesMax || !isAnswer(text))
    throw new UserError(`What answered at ${url.origin} is no gateway (HTTP ${reply.status}).`);
  return text;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : cause.name;
}

function isAnswer(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

async function readAll(input: NodeJS.ReadableStream): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += bytes.length;
    if (size > eventBytesMax) throw new UserError(`The event is over ${eventBytesMax} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
