import type { Command } from 'commander';
import type { ProvenPerson } from '../kernel/approvals.ts';
import { type DoctorReport, proofStates } from '../kernel/doctor.ts';
import type { People } from '../kernel/people.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';
import { painted } from './record-text.ts';

/** What `doctor` works with. */
export interface DoctorDoor {
  readonly people: People;
  examine(by: ProvenPerson | undefined): Promise<DoctorReport>;
  close(): Promise<void>;
}

const help = `
Lists tools at each endpoint and each upstream, and runs the canary that ships in the box through MCP over HTTP, stdio and
hook. No tool of yours is called. With --as, endpoints are tried with tokens that end with the command.
Exit codes: 0 every path of the gateway is proved; 1 one is not, or with --strict anything is not proved or not covered.

Examples:
  $ trapkey doctor
  $ trapkey doctor --as you@corp.example
  $ trapkey doctor --strict --json`;

/** `trapkey doctor`: what is proved, not proved, and not covered, with the date. */
export function doctorCommand(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<DoctorDoor>,
  terminal: Terminal,
): void {
  const command = program
    .command('doctor')
    .description('try every path: what is proved, not proved, or not covered')
    .option('--strict', 'exit 1 on whatever is not proved or not covered')
    .option('--json', 'as JSON')
    .addHelpText('after', help);
  takesCredential(command).action(
    async (options: CredentialOptions & { readonly json?: boolean; readonly strict?: boolean }, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const known = options.as !== undefined || options.codeStdin || terminal.env['TRAPKEY_CODE_FILE'] !== undefined;
      const report = await door.examine(known ? await prove(door.people, options, terminal) : undefined);
      terminal.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : text(report, terminal));
      const ours = new Set(['mcp http', 'stdio', 'hook', 'upstream']);
      const failed = report.proofs.some(({ path, state }) =>
        options.strict ? state !== 'proved' : state === 'not proved' && ours.has(path),
      );
      if (failed) process.exitCode = 1;
    },
  );
}

function text({ at, url, proofs }: DoctorReport, terminal: Terminal): string {
  const { bold, yellow, red, dim } = painted(terminal);
  const paint = { proved: dim, 'not proved': red, 'not covered': yellow };
  const width = Math.max(0, ...proofs.map(({ subject }) => Math.min(subject.length, 48)));
  const groups = proofStates.flatMap((state) => {
    const of = proofs.filter((one) => one.state === state);
    if (of.length === 0) return [];
    return [
      bold(`\n${state} (${of.length})`),
      ...of.map((one) => paint[state](`  ${one.path.padEnd(10)} ${one.subject.padEnd(width)}  ${one.says}`)),
    ];
  });
  return `${bold(`Tried on ${at}, gateway ${url}`)}\n${groups.join('\n')}\n`;
}
