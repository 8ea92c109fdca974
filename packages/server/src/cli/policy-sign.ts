import type { SignReport } from '@trapkey/contract/policy/reports.ts';
import type { Command } from 'commander';
import type { ProvenPerson } from '../kernel/approvals.ts';
import type { People } from '../kernel/people.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';
import { signText } from './policy-text.ts';

interface Options extends CredentialOptions {
  readonly json?: boolean;
}

interface SigningDoor {
  readonly people: People;
  sign(by: ProvenPerson, digest?: string): Promise<SignReport>;
  close(): Promise<void>;
}

interface Signing<D extends SigningDoor> {
  readonly open: (globals: Readonly<Record<string, unknown>>) => Promise<D>;
  readonly terminal: Terminal;
  /** Shows the change that waits; gives its digest. */
  readonly show: (door: D, options: Options, terminal: Terminal) => Promise<string | undefined>;
  readonly say: (terminal: Terminal, options: Options, value: unknown, words: string) => void;
}

/** `trapkey policy sign`: shows what waits, and by a code signs exactly that. */
export function signCommand<D extends SigningDoor>(policy: Command, { open, terminal, show, say }: Signing<D>): void {
  const sign = policy
    .command('sign')
    .description('signs a change that lets more be altered without a person than blast_radius allows; asks for your code')
    .argument('[digest]', 'default: what the folder holds now');
  takesCredential(sign)
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ trapkey policy sign --as security@corp.example\n  $ trapkey policy sign sha256:… --as security@corp.example',
    )
    .action(async (digest: string | undefined, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const shown = digest ?? (await show(door, options, terminal));
      if (shown === undefined) return;
      const report = await door.sign(await prove(door.people, options, terminal), shown);
      say(terminal, options, report, signText(report));
      if (report.status !== 'signed') process.exitCode = 1;
    });
}
