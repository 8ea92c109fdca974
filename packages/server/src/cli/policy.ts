import type {
  ApplyReport,
  CaseResult,
  CheckReport,
  DiffReport,
  PolicyProblem,
  ReplayReport,
  SignReport,
} from '@trapkey/contract/policy/reports.ts';
import type { Command } from 'commander';
import type { ProvenPerson } from '../kernel/approvals.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';
import { signCommand } from './policy-sign.ts';
import { applyText, casesText, checkText, diffText, replayText } from './policy-text.ts';

/** What was looked at before the code was asked for: nothing else is changed. */
interface Meant {
  readonly digest?: string | undefined;
  readonly running?: string | undefined;
}

type OrProblems<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly says: string; readonly problems: readonly PolicyProblem[] };

/** What the commands that read only a folder work with; no database, no server. */
export interface PolicyDesk {
  /** Where the policy is when the command names no folder. */
  folder(globals: Globals): string;
  check(folder: string): Promise<CheckReport & { readonly cases: readonly CaseResult[] }>;
  schema(): object;
}

/** What the commands that know the running set work with; no server needs to run. */
export interface PolicyDoor {
  readonly people: People;
  diff(folder: string): Promise<OrProblems<{ readonly diff: DiffReport }>>;
  replay(folder: string): Promise<OrProblems<{ readonly replay: ReplayReport }>>;
  /** Looks at the configured folder, so that what it holds now is what waits. */
  propose(): Promise<{
    readonly status: 'same' | 'broken' | 'tightened' | 'proposed';
    readonly problems?: readonly PolicyProblem[];
    readonly diff?: DiffReport;
  }>;
  standing(): Promise<{ readonly running: string; readonly previous: string | undefined }>;
  apply(by: ProvenPerson, meant: Meant): Promise<ApplyReport>;
  rollback(by: ProvenPerson, meant: Meant): Promise<ApplyReport>;
  sign(by: ProvenPerson, digest?: string): Promise<SignReport>;
  close(): Promise<void>;
}

type Globals = Readonly<Record<string, unknown>>;
export type OpenPolicyDoor = (globals: Globals) => Promise<PolicyDoor>;

interface Options extends CredentialOptions {
  readonly json?: boolean;
}

interface Surroundings {
  readonly desk: PolicyDesk;
  readonly open: OpenPolicyDoor;
  readonly terminal: Terminal;
}

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

function readingCommands(policy: Command, { desk, terminal }: Surroundings): void {
  policy
    .command('check')
    .description('schema, references, expressions and cases of a folder')
    .argument('[folder]', 'default: the policy folder')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ trapkey policy check\n  $ trapkey policy check policies/starter --json')
    .action(async (folder: string | undefined, options: Options, self: Command) => {
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
    .action(async (folder: string | undefined, options: Options, self: Command) => {
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

function comparingCommands(policy: Command, { desk, open, terminal }: Surroundings): void {
  policy
    .command('diff')
    .description('what the folder would change of the running policy, in words')
    .argument('[folder]', 'default: the policy folder')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  $ trapkey policy diff\n  $ trapkey policy diff ../proposed --json')
    .action(async (folder: string | undefined, options: Options, self: Command) => {
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
    .action(async (folder: string | undefined, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const said = await door.replay(folder ?? desk.folder(self.optsWithGlobals()));
      say(terminal, options, said, said.ok ? replayText(said.replay) : problemText(said));
      failWhen(!said.ok);
    });
}

function changingCommands(policy: Command, { open, terminal }: Surroundings): void {
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
    .action(async (digest: string | undefined, options: Options, self: Command) => {
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
    .action(async (options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const { running, previous } = await door.standing();
      const by = await prove(door.people, options, terminal);
      const report = await door.rollback(by, { digest: previous, running });
      say(terminal, options, report, applyText(report));
      failWhen(report.status === 'refused' || report.status === 'sign_off');
    });
}

/** What will happen is shown before the code is asked for; exactly that set is applied, whatever the folder becomes meanwhile. */
async function showWaiting(door: PolicyDoor, options: Options, terminal: Terminal): Promise<string | undefined> {
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

function problemText({ says, problems }: { readonly says: string; readonly problems: readonly PolicyProblem[] }): string {
  return `${says === '' ? '' : `${says}\n`}${checkText({ digest: undefined, errors: problems, warnings: [], cases: [] })}`;
}

function say(terminal: Terminal, options: Options, value: unknown, words: string): void {
  terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
}

function failWhen(failed: boolean): void {
  if (failed) process.exitCode = 1;
}
