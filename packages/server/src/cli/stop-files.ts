import type { Command } from 'commander';
import type { StopFileView } from '../kernel/stop-files.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';
import { type OpenStopFilesDoor, stopOf } from './stop-key.ts';

const help = `
A file that could not be believed stops everything on the node that has it, until it is removed there and cleared here.

Examples:
  $ trapkey stop files list
  $ trapkey stop files clear sha256:9f86d0… --reason "a broken copy; the right one is in place"`;

/** `trapkey stop files list|clear`: what became of stop files. */
export function stopFilesCommands(program: Command, open: OpenStopFilesDoor, terminal: Terminal): void {
  const files = stopOf(program).command('files').description('stop files that were carried out or refused').addHelpText('after', help);
  const say = (self: Command, value: unknown, words: string) =>
    terminal.stdout.write(self.optsWithGlobals()['json'] === true ? `${JSON.stringify(value, null, 2)}\n` : words);
  files
    .command('list')
    .description('the newest first')
    .option('--json', 'as JSON')
    .action(async (_options: unknown, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const seen = await door.files.list();
      say(self, seen, seen.length === 0 ? 'No stop file was seen.\n' : seen.map(line).join(''));
    });
  takesCredential(files.command('clear'))
    .description('be done with a refused file, once it is removed from the node; by an administrator')
    .argument('<digest>')
    .option('--reason <reason>', 'why; kept in the record')
    .option('--json', 'as JSON')
    .action(async (digest: string, options: CredentialOptions, self: Command) => {
      const reason = String(self.optsWithGlobals()['reason'] ?? '');
      await using door = disposable(await open(self.optsWithGlobals()));
      const cleared = await door.files.clear({ digest: digest.trim(), reason, by: await prove(door.people, options, terminal) });
      say(self, cleared, `Cleared ${cleared.file}. A node that still has it goes on being stopped.\n`);
    });
}

function line({ digest, file, state, stop, says, seenAtMs, clearedAtMs, clearedBy }: StopFileView): string {
  const became =
    state === 'imported'
      ? `carried out as ${stop ?? '?'}`
      : clearedAtMs === undefined
        ? 'REFUSED, stops its node'
        : `refused, cleared by ${clearedBy}`;
  return `${digest}  ${file}  ${new Date(seenAtMs).toISOString()}  ${became}\n  ${says}\n`;
}
