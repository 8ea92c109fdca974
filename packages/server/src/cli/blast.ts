import type { Command } from 'commander';
import type { BlastChange, BlastReport, LiveCount, SignOffNeed } from '../kernel/blast.ts';
import type { LiveAsk } from '../kernel/blast-live.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import type { PolicySet } from '../kernel/rules.ts';
import { changedArguments } from './arguments-file.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the command works with; no server needs to run. */
export interface BlastDoor {
  /** Undefined while no policy is published. */
  report(set: 'running' | PolicySet, plugin?: string): BlastReport | undefined;
  compare(next: PolicySet, plugin?: string): { readonly changes: readonly BlastChange[]; readonly signOff: SignOffNeed | undefined };
  folder(path: string): Promise<PolicySet>;
  readonly people: People;
  /** Asks systems, each by a recorded read. */
  live(ask: LiveAsk): Promise<readonly LiveCount[]>;
  withLive(report: BlastReport, plugin: string, counts: readonly LiveCount[]): BlastReport;
  text(report: BlastReport): string;
  changesText(changes: readonly BlastChange[], signOff: SignOffNeed | undefined): string;
  close(): Promise<void>;
}

interface Options extends CredentialOptions {
  readonly json?: boolean;
  readonly live?: boolean;
  readonly tool?: string;
  readonly arguments?: string;
  readonly failOver?: boolean;
}

const help = `
The most records and people that one unattended action, one unattended run (eight hours), and everybody in one day can
alter under the policy that runs, with the limits and grants that bound it; \`unbounded\` where nothing does. With
--policy, the same under that folder, and what changes. With --live, the systems are asked how far calls would reach,
where a probe of the policy can: each is a read by you that is decided and recorded like any call.

Examples:
  $ trapkey blast
  $ trapkey blast sales-outreach --json
  $ trapkey blast --policy ./proposed
  $ trapkey blast sales-outreach --live --tool crm-act.send_campaign --arguments campaign.json --as you@corp.example
  $ trapkey blast --fail-over            # exit code 1 where a plugin is over the organization's max`;

/** `trapkey blast [plugin]`. */
export function blastCommand(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<BlastDoor>,
  terminal: Terminal,
): void {
  const command = program
    .command('blast')
    .description('how many records and people each plugin can alter before a person looks, and what would make it fewer')
    .argument('[plugin]', 'default: every plugin')
    .option('--live', 'ask the systems that the running policy has probes for; asks for your code')
    .option('--tool <connector.tool>', 'with --live: only this tool')
    .option('--arguments <file>', 'with --live: the arguments that a call of it would have, as JSON; - for standard input')
    .option('--fail-over', 'exit code 1 where a plugin comes to more than blast_radius.max')
    .option('--json', 'as JSON')
    .addHelpText('after', help);
  takesCredential(command).action(async (plugin: string | undefined, options: Options, self: Command) => {
    const globals = self.optsWithGlobals();
    await using door = disposable(await open(globals));
    const folder = typeof globals['policy'] === 'string' ? await door.folder(globals['policy']) : undefined;
    const bounded = door.report(folder ?? 'running', plugin);
    if (!bounded)
      throw new UserError('No policy was published in this data folder yet.', 'Name a folder: `trapkey blast --policy ./policy`.');
    const report = options.live ? await counted(door, bounded, plugin, options, terminal) : bounded;
    const compared = folder && door.report('running') ? door.compare(folder, plugin) : undefined;
    if (options.json) terminal.stdout.write(`${JSON.stringify({ ...report, ...(compared && { compared }) }, null, 2)}\n`);
    else {
      terminal.stdout.write(door.text(report));
      if (compared) terminal.stdout.write(`\nBeside the policy that runs:\n${door.changesText(compared.changes, compared.signOff)}`);
    }
    if (options.failOver && report.plugins.some(({ over }) => over)) process.exitCode = 1;
  });
}

async function counted(
  door: BlastDoor,
  report: BlastReport,
  plugin: string | undefined,
  options: Options,
  terminal: Terminal,
): Promise<BlastReport> {
  if (plugin === undefined) throw new UserError('Say for which plugin to count.', 'For example `trapkey blast sales-outreach --live`.');
  if (options.arguments === '-' && options.codeStdin)
    throw new UserError('Standard input holds one of your code and the arguments.', 'Name a file with --arguments.');
  const args = options.arguments === undefined ? undefined : await changedArguments(options.arguments, {}, terminal);
  const by = await prove(door.people, options, terminal);
  return door.withLive(report, plugin, await door.live({ by, plugin, tool: options.tool, args }));
}
