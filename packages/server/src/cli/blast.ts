import type { Command } from 'commander';
import type { BlastChange, BlastReport, SignOffNeed } from '../kernel/blast.ts';
import { UserError } from '../kernel/errors.ts';
import type { PolicySet } from '../kernel/rules.ts';
import { disposable } from './connect.ts';
import type { Terminal } from './credential.ts';

/** What the command works with; no server needs to run. */
export interface BlastDoor {
  /** Undefined while no policy is published. */
  report(set: 'running' | PolicySet, plugin?: string): BlastReport | undefined;
  compare(next: PolicySet, plugin?: string): { readonly changes: readonly BlastChange[]; readonly signOff: SignOffNeed | undefined };
  folder(path: string): Promise<PolicySet>;
  text(report: BlastReport): string;
  changesText(changes: readonly BlastChange[], signOff: SignOffNeed | undefined): string;
  close(): Promise<void>;
}

interface Options {
  readonly json?: boolean;
  readonly failOver?: boolean;
}

const help = `
The most records and people that one unattended action, one unattended run (eight hours), and everybody in one day can
alter under the policy that runs, with the limits and grants that bound it; \`unbounded\` where nothing does. With
--policy, the same under that folder, and what changes.

Examples:
  $ trapkey blast
  $ trapkey blast sales-outreach --json
  $ trapkey blast --policy ./proposed
  $ trapkey blast --fail-over            # exit code 1 where a plugin is over the organization's max`;

/** `trapkey blast [plugin]`. */
export function blastCommand(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<BlastDoor>,
  terminal: Terminal,
): void {
  program
    .command('blast')
    .description('how many records and people each plugin can alter before a person looks, and what would make it fewer')
    .argument('[plugin]', 'default: every plugin')
    .option('--fail-over', 'exit code 1 where a plugin comes to more than blast_radius.max')
    .option('--json', 'as JSON')
    .addHelpText('after', help)
    .action(async (plugin: string | undefined, options: Options, self: Command) => {
      const globals = self.optsWithGlobals();
      await using door = disposable(await open(globals));
      const folder = typeof globals['policy'] === 'string' ? await door.folder(globals['policy']) : undefined;
      const report = door.report(folder ?? 'running', plugin);
      if (!report)
        throw new UserError('No policy was published in this data folder yet.', 'Name a folder: `trapkey blast --policy ./policy`.');
      const compared = folder && door.report('running') ? door.compare(folder, plugin) : undefined;
      if (options.json) terminal.stdout.write(`${JSON.stringify({ ...report, ...(compared && { compared }) }, null, 2)}\n`);
      else {
        terminal.stdout.write(door.text(report));
        if (compared) terminal.stdout.write(`\nBeside the policy that runs:\n${door.changesText(compared.changes, compared.signOff)}`);
      }
      if (options.failOver && report.plugins.some(({ over }) => over)) process.exitCode = 1;
    });
}
