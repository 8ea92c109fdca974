import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { counted } from '../kernel/counted.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import type { PlannedWrap, UnwrapReport, WrapChoice, WrapReport } from '../kernel/wrapped.ts';
import { version } from '../version.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';
import { shown } from './enroll.ts';
import { packaged } from './globals.ts';

/** What `wrap` and `unwrap` work with; no server needs to run. */
export interface WrapDoor {
  readonly people: People;
  plan(choice: WrapChoice): Promise<PlannedWrap>;
  unwrap(path: string): Promise<UnwrapReport>;
  backup(path: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface WrapOptions extends CredentialOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly http?: boolean;
  readonly live?: boolean;
  readonly allowPrivate?: boolean;
  readonly person?: string;
  readonly json?: boolean;
}

const help = `
Servers go on as before: policy for them observes. What the client's file held of secrets goes into the data folder; policy
names it. The first time, it enrolls you as administrator and shows your code once; afterwards it asks for it.

Examples:
  $ trapkey wrap                                     the .mcp.json of this folder
  $ trapkey wrap ~/.claude.json --dry-run
  $ trapkey wrap .mcp.json --yes --live              asks the servers for their tools, so that policy says what each does
  $ trapkey wrap .mcp.json --http                    addresses in place of commands; the token stands in the file
  $ trapkey unwrap .mcp.json`;

/** `trapkey wrap [file]`: the gateway in front of the servers of a client's configuration. */
export function wrapCommand(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<WrapDoor>,
  terminal: Terminal,
): void {
  const command = program
    .command('wrap')
    .description('put the gateway in front of the servers of a client; observes, and unwrap restores the file byte for byte')
    .argument('[file]', 'a .mcp.json, ~/.claude.json, claude_desktop_config.json …', '.mcp.json')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--http', 'write addresses instead of commands')
    .option('--live', 'start the servers once and list their tools')
    .option('--allow-private', 'servers in private ranges, too')
    .option('--person <person>', 'whose calls they are (default: you)')
    .option('--json', 'as JSON; needs --yes or --dry-run')
    .addHelpText('after', help);
  takesCredential(command).action(async (path: string, options: WrapOptions, self: Command) => {
    await using door = disposable(await open(self.optsWithGlobals()));
    const enrolled = await door.people.list();
    const person = options.person ?? options.as ?? (enrolled.length === 1 ? enrolled[0]?.person : undefined) ?? 'you@localhost';
    const plan = await door.plan({
      ...{ path: resolve(path), person, form: options.http ? 'http' : 'stdio', live: options.live === true },
      privateNetwork: options.allowPrivate === true,
      command: clientCommand(),
    });
    if (!options.json) terminal.stdout.write(`${plan.diff}\nPolicy: ${plan.report.policy_file} (mode: observe)\n`);
    if (plan.report.wrapped.length === 0)
      return void tell(terminal, options, plan.report, 'There is nothing to wrap. Nothing was changed.\n');
    if (options.dryRun) return void tell(terminal, options, plan.report, 'Nothing was changed (--dry-run).\n');
    if (!options.yes && !(await agreed(terminal))) return void tell(terminal, options, plan.report, 'Nothing was changed.\n');
    const by = plan.needsCode ? await prove(door.people, options, terminal) : 'first';
    const done = await plan.apply(by);
    if (done.enrolled && !options.json) terminal.stdout.write(`\n${shown(done.enrolled)}`);
    tell(terminal, options, { ...done.report, ...(done.enrolled && { enrolled: done.enrolled }) }, wrapWords(done.report, options));
  });
}

/** `trapkey unwrap [file]`: the file as it was before. */
export function unwrapCommand(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<WrapDoor>,
  terminal: Terminal,
): void {
  program
    .command('unwrap')
    .description('take the gateway away again: the file is byte for byte as it was before wrap')
    .argument('[file]', 'the file that was wrapped', '.mcp.json')
    .option('--print', 'only print the file as it was; change nothing')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nWhere the file changed since, each wrapped entry is put back and every other change is kept.\n\nExamples:\n  $ trapkey unwrap\n  $ trapkey unwrap ~/.claude.json --print',
    )
    .action(async (path: string, options: { readonly print?: boolean; readonly json?: boolean }, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      if (options.print) return void terminal.stdout.write(Buffer.from(await door.backup(resolve(path))));
      const report = await door.unwrap(resolve(path));
      tell(terminal, options, report, `${report.file} ${report.says}.\n${report.policy}\nRestart the client to have it take effect.\n`);
    });
}

function tell(terminal: Terminal, { json }: { readonly json?: boolean }, value: unknown, words: string): void {
  terminal.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : words);
}

/** How a client starts this program: as it was started now, or anew where that was a passing copy. */
function clientCommand(): readonly string[] {
  const [, started = ''] = process.argv;
  if (packaged && /[\\/]_npx[\\/]/.test(started)) return ['npx', '-y', `trapkey@${version}`];
  return [process.execPath, ...process.execArgv, started];
}

function wrapWords({ file, wrapped, backup, plugin }: WrapReport, { http }: WrapOptions): string {
  return [
    `\n${counted(wrapped.length, 'server of', 'servers of')} ${file} ${wrapped.length === 1 ? 'goes' : 'go'} through the gateway now, as the plugin ${plugin}.`,
    `The file as it was: ${backup}`,
    http
      ? 'Next: trapkey up, then restart the client.'
      : 'Next: restart the client; trapkey up, where several use it at once. Then: trapkey doctor',
    `Back: trapkey unwrap ${file}\n`,
  ].join('\n');
}

async function agreed({ stdin, stderr }: Terminal): Promise<boolean> {
  if (stdin.isTTY !== true)
    throw new UserError('There is nobody to ask, so nothing was changed.', 'Add --yes, or --dry-run to see what would change.');
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(es)?$/i.test((await lines.question('Wrap these? [y/N] ')).trim());
  } finally {
    lines.close();
  }
}
