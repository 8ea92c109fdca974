import type { Command } from 'commander';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';
import { type OpenStopsDoor, stopScope } from './stop.ts';

interface ReleaseOptions extends CredentialOptions {
  readonly reason: string;
  readonly json?: boolean;
}

const help = `
Needs an administrator's own code. By id, one stop ends; by scope, all stops on exactly that scope.

Examples:
  $ trapkey release S-2K7Q9M4X3F --reason "the mailer was fixed"
  $ trapkey release everything --as m.osei@corp.example --reason "drill is over"`;

/** `trapkey release <stop>|everything|connector:<id>|run:<id>`. */
export function releaseCommand(program: Command, open: OpenStopsDoor, terminal: Terminal): void {
  const command = program
    .command('release')
    .description('end a stop; by an administrator')
    .argument('<what>', 'the id of a stop, `everything`, `connector:<id>` or `run:<id>`')
    .requiredOption('--reason <reason>', 'why; kept in the record')
    .option('--json', 'as JSON')
    .addHelpText('after', help);
  takesCredential(command).action(async (what: string, options: ReleaseOptions, self: Command) => {
    const id = what.trim().toUpperCase();
    const stop = /^S-[0-9A-Z]{10}$/.test(id) ? id : stopScope(what);
    await using door = disposable(await open(self.optsWithGlobals()));
    const by = await prove(door.people, options, terminal);
    const released = await door.stops.release({ stop, by, reason: options.reason });
    const rest = door.stops.current().stops.length;
    const words = `Released ${released.map((one) => one.id).join(', ')} as ${by.person}. ${rest === 0 ? 'Nothing is stopped now.' : `${rest} more engaged: see \`trapkey stop list\`.`}\n`;
    terminal.stdout.write(options.json ? `${JSON.stringify(released, null, 2)}\n` : words);
  });
}
