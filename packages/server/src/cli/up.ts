import type { Command } from 'commander';
import { createColors } from 'picocolors';
import type { Config } from '../config.ts';
import { type ServeOptions, type Serving, serve } from '../wire-serve.ts';
import type { Terminal } from './credential.ts';
import { decidedLine, visibleText } from './decided-line.ts';
import { shown } from './enroll.ts';
import { configOf, policyEnvironment } from './globals.ts';
import { stayWarm } from './stay-warm.ts';

export interface UpOptions {
  readonly admin: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

const help = `
Needs a policy folder at the first start; afterwards the published policy runs, and a changed folder becomes a proposal.

Examples:
  $ trapkey up --policy ./policy
  $ trapkey up --policy ./policy --admin m.osei@corp.example --port 8080
  $ TRAPKEY_DATABASE=postgres://trapkey@db/trapkey trapkey up --host 0.0.0.0 --public-url https://trapkey.corp.example`;

/** `trapkey up`: the gateway, until it is interrupted. */
export function upCommand(program: Command, terminal: Terminal): void {
  program
    .command('up')
    .description('run the gateway')
    .option('--admin <person>', 'who is enrolled as administrator at the first start', 'admin@localhost')
    .option('--quiet', 'print no line for each decided call')
    .option('--json', 'print entries as JSON lines')
    .addHelpText('after', help)
    .action(async (options: UpOptions, self: Command) => {
      stayWarm();
      const config = configOf(self.optsWithGlobals(), terminal.env);
      const serving = await serve(serveOptions(config, options, terminal));
      // Before anybody is told that Ctrl-C stops it.
      const ended = untilInterrupted(serving);
      greet(serving, config, terminal);
      await ended;
    });
}

/** What `serve` is told by a command that prints to a terminal. */
export function serveOptions(config: Config, options: UpOptions, terminal: Terminal): ServeOptions {
  const colors = createColors((terminal.stdout as { isTTY?: boolean }).isTTY === true && terminal.env['NO_COLOR'] === undefined);
  return {
    config,
    command: [process.execPath, ...process.execArgv, ...process.argv.slice(1, 2)],
    env: policyEnvironment(config, terminal.env),
    administrator: options.admin,
    onWritten: (entries) => {
      if (options.quiet) return;
      for (const entry of entries) {
        const line = options.json ? JSON.stringify(entry) : decidedLine(entry, colors);
        if (line !== undefined) terminal.stdout.write(`${line}\n`);
      }
    },
    alarm: (says) => terminal.stderr.write(`${colors.yellow('!')} ${says.split('\n').map(visibleText).join('\n')}\n`),
  };
}

/** What a person needs to know at the start. */
function greet(serving: Serving, config: Config, terminal: Terminal): void {
  if (serving.enrolled) terminal.stdout.write(`${shown(serving.enrolled)}${signInText(serving)}`);
  terminal.stdout.write(`The console: ${serving.url}/console/\n`);
  terminal.stdout.write(`Trapkey serves at ${serving.url} (data in ${config.data}). Stop with Ctrl-C.\n`);
}

/** Waits for Ctrl-C or SIGTERM, then ends in order: no new calls, last checkpoint, database closed. */
export async function untilInterrupted(serving: Serving): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await serving.close();
}

/** The one-time link of the first start. */
export function signInText({ signInUrl }: Pick<Serving, 'signInUrl'>, command = 'trapkey'): string {
  return signInUrl === undefined ? '' : `Sign in with a browser, once, within ten minutes: ${signInUrl}\nLater: ${command} login --link\n`;
}
