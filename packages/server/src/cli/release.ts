import type { Command } from 'commander';
import { UserError } from '../kernel/errors.ts';
import type { StopView } from '../kernel/readers.ts';
import type { StopTarget } from '../kernel/stops.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';
import type { OpenStopsDoor } from './stop.ts';

interface ReleaseOptions extends CredentialOptions {
  readonly reason: string;
  readonly json?: boolean;
}

const help = `
Needs an administrator's own code. By id, one stop ends, with what was engaged in the same act; by scope, all stops on
exactly that scope. What reaches across everybody (everything, an effect, a person) is released by another person than
who engaged it.

Examples:
  $ trapkey release S-2K7Q9M4X3F --reason "the mailer was fixed"
  $ trapkey release plugin:sales --reason "version 2.1 mends it"
  $ trapkey release everything --as m.osei@corp.example --reason "drill is over"`;

/** `trapkey release <stop>|<scope>`. */
export function releaseCommand(program: Command, open: OpenStopsDoor, terminal: Terminal): void {
  const command = program
    .command('release')
    .description('end a stop; by an administrator')
    .argument('<what>', 'the id of a stop, or a scope as it was stopped')
    .requiredOption('--reason <reason>', 'why; kept in the record')
    .option('--json', 'as JSON')
    .addHelpText('after', help);
  takesCredential(command).action(async (what: string, options: ReleaseOptions, self: Command) => {
    const id = what.trim().toUpperCase();
    await using door = disposable(await open(self.optsWithGlobals()));
    const stop = /^S-[0-9A-Z]{10}$/.test(id) ? id : engagedScope(door.stops.current().stops, what);
    const by = await prove(door.people, options, terminal);
    const released = await door.stops.release({ stop, by, reason: options.reason });
    const rest = door.stops.current().stops.length;
    const words = `Released ${released.map((one) => one.id).join(', ')} as ${by.person}. ${rest === 0 ? 'Nothing is stopped now.' : `${rest} more engaged: see \`trapkey stop list\`.`}\n`;
    terminal.stdout.write(options.json ? `${JSON.stringify(released, null, 2)}\n` : words);
  });
}

/** A scope that is stopped now, by its name: what is stopped may have left the policy since. */
function engagedScope(engaged: readonly StopView[], what: string): StopTarget {
  const words = what.trim().toLowerCase();
  const found = engaged.find(
    ({ scope }) => (scope.kind === 'everything' ? 'everything' : `${scope.kind}:${scope.id}`).toLowerCase() === words,
  );
  if (found) return found.scope;
  throw new UserError(
    `A stop on ${what.slice(0, 80)} is not engaged. Nothing was changed.`,
    'See what is engaged with `trapkey stop list`.',
  );
}
