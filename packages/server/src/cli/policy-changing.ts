import type { Command } from 'commander';
import { UserError } from '../kernel/errors.ts';
import { disposable } from './connect.ts';
import { prove, type Terminal, takesCredential } from './credential.ts';
import { failWhen, type PolicyDoor, type PolicyOptions, type PolicyParts, problemText, say } from './policy-door.ts';
import { signCommand } from './policy-sign.ts';
import { applyText, diffText } from './policy-text.ts';

/** `trapkey policy apply|sign|rollback`: shown first, then by somebody who shows a credential. */
export function changingCommands(policy: Command, { open, terminal }: PolicyParts): void {
  const apply = policy
    .command('apply')
    .description('lets the change that waits take effect; asks for your code')
    .argument('[digest]', 'default: what the folder holds now');
  takesCredential(apply)
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ trapkey policy apply --as you@corp.example\n  $ trapkey policy apply sha256:… --as second@corp.example',
    )
    .action(async (digest: string | undefined, options: PolicyOptions, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const shown = digest ?? (await showWaiting(door, options, terminal));
      if (shown === undefined) return;
      const { running } = await door.standing();
      const by = await prove(door.people, options, terminal);
      const report = await door.apply(by, { digest: shown, running });
      say(terminal, options, report, applyText(report));
      failWhen(report.status === 'refused' || report.status === 'sign_off');
    });
  signCommand(policy, { open, terminal, show: showWaiting, say });
  takesCredential(policy.command('rollback').description('goes back to the policy that ran before; asks for your code'))
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ trapkey policy rollback --as you@corp.example')
    .action(async (options: PolicyOptions, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const { running, previous } = await door.standing();
      const by = await prove(door.people, options, terminal);
      const report = await door.rollback(by, { digest: previous, running });
      say(terminal, options, report, applyText(report));
      failWhen(report.status === 'refused' || report.status === 'sign_off');
    });
}

/** What will happen is shown before the code is asked for; exactly that set is applied, whatever the folder becomes meanwhile. */
async function showWaiting(door: PolicyDoor, options: PolicyOptions, terminal: Terminal): Promise<string | undefined> {
  const folder = await door.propose();
  if (folder.status === 'broken') {
    const mistakes = problemText({ says: '', problems: folder.problems ?? [] });
    throw new UserError(
      `The policy folder does not check. Nothing was changed.\n${mistakes.trimEnd()}`,
      'Mend it; `trapkey policy check` says when it is right.',
    );
  }
  if (folder.status === 'proposed' && folder.diff) {
    if (!options.json) terminal.stdout.write(diffText(folder.diff));
    return folder.diff.to;
  }
  const says =
    folder.status === 'tightened'
      ? 'Every change is proved to tighten; it runs already.'
      : 'The folder is the running policy. Nothing was changed.';
  say(terminal, options, { status: 'nothing', says }, `${says}\n`);
  return undefined;
}
