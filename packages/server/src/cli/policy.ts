import type { Command } from 'commander';
import { disposable } from './connect.ts';
import type { Terminal } from './credential.ts';
import { changingCommands } from './policy-changing.ts';
import { failWhen, type OpenPolicyDoor, type PolicyDesk, type PolicyOptions, type PolicyParts, problemText, say } from './policy-door.ts';
import { casesText, checkText, diffText, replayText } from './policy-text.ts';

/** `trapkey policy check|test|diff|replay|apply|sign|rollback|schema`. Exit code 1: it does not check, a case fails, or nothing was applied. */
export function policyCommands(program: Command, desk: PolicyDesk, open: OpenPolicyDoor, terminal: Terminal): void {
  const policy = program.command('policy').description('check, test, compare and apply the policy').addHelpText('after', help);
  const around = { desk, open, terminal };
  readingCommands(policy, around);
  comparingCommands(policy, around);
  changingCommands(policy, around);
}

const help = `
Examples:
  $ trapkey policy check                # schema, references, types of expressions, cases
  $ trapkey policy diff                 # what would change, in words
  $ trapkey policy replay               # what the whole record would have been decided as
  $ trapkey policy apply --as you@corp.example`;

function readingCommands(policy: Command, { desk, terminal }: PolicyParts): void {
  policy
    .command('check')
    .description('schema, references, expressions and cases of a folder')
    .argument('[folder]', 'default: the policy folder')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ trapkey policy check\n  $ trapkey policy check policies/starter --json')
    .action(async (folder: string | undefined, options: PolicyOptions, self: Command) => {
      const report = await desk.check(folder ?? desk.folder(self.optsWithGlobals()));
      say(terminal, options, report, checkText(report));
      failWhen(report.errors.length > 0 || report.cases.some(({ passed }) => !passed));
    });
  policy
    .command('test')
    .description('runs the cases (*.cases.yaml) beside a policy')
    .argument('[folder]', 'default: the policy folder')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ trapkey policy test\n  $ trapkey policy test policies/starter')
    .action(async (folder: string | undefined, options: PolicyOptions, self: Command) => {
      const { errors, cases } = await desk.check(folder ?? desk.folder(self.optsWithGlobals()));
      say(terminal, options, { errors, cases }, casesText(errors, cases));
      failWhen(errors.length > 0 || cases.some(({ passed }) => !passed));
    });
  policy
    .command('schema')
    .description('the JSON Schema of policy documents, for editors')
    .addHelpText('after', '\nExamples:\n  $ trapkey policy schema > policy.schema.json')
    .action(() => void terminal.stdout.write(`${JSON.stringify(desk.schema(), null, 2)}\n`));
}

function comparingCommands(policy: Command, { desk, open, terminal }: PolicyParts): void {
  policy
    .command('diff')
    .description('what the folder would change of the running policy, in words')
    .argument('[folder]', 'default: the policy folder')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ trapkey policy diff\n  $ trapkey policy diff ../proposed --json')
    .action(async (folder: string | undefined, options: PolicyOptions, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const said = await door.diff(folder ?? desk.folder(self.optsWithGlobals()));
      say(terminal, options, said, said.ok ? diffText(said.diff) : problemText(said));
      failWhen(!said.ok);
    });
  policy
    .command('replay')
    .description('decides the whole record again under the folder, and lists what would be another verdict')
    .argument('[folder]', 'default: the policy folder')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ trapkey policy replay\n  $ trapkey policy replay ../proposed --json')
    .action(async (folder: string | undefined, options: PolicyOptions, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const said = await door.replay(folder ?? desk.folder(self.optsWithGlobals()));
      say(terminal, options, said, said.ok ? replayText(said.replay) : problemText(said));
      failWhen(!said.ok);
    });
}
