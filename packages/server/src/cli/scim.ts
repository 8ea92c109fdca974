import type { Command } from 'commander';
import { parseDurationMs } from '../kernel/duration.ts';
import { UserError } from '../kernel/errors.ts';
import type { ScimDoor } from '../wire-people-doors.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

const help = `
Shown once. With it an identity provider keeps people and groups at /scim/v2, and does nothing else.

Examples:
  $ trapkey scim token
  $ trapkey scim token --expires 180d --json
  $ trapkey tokens revoke AT-7F3Q9K2M4X          ends it`;

/** `trapkey scim token`: the credential of an identity provider. */
export function scimCommands(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<ScimDoor>,
  terminal: Terminal,
): void {
  const scim = program.command('scim').description('let an identity provider keep people and groups (SCIM 2.0)');
  const token = scim
    .command('token')
    .description('issue a credential for an identity provider; for administrators')
    .option('--expires <duration>', 'how long it lasts, such as 90d', '365d')
    .option('--json', 'as JSON')
    .addHelpText('after', help);
  takesCredential(token).action(
    async (options: CredentialOptions & { readonly expires: string; readonly json?: boolean }, self: Command) => {
      const expiresMs = parseDurationMs(options.expires);
      if (expiresMs === undefined) throw new UserError(`\`${options.expires}\` is not a duration.`, 'For example `--expires 90d`.');
      await using door = disposable(await open(self.optsWithGlobals()));
      const by = await prove(door.people, options, terminal);
      const issued = await door.issue({ by, expiresMs });
      const url = `${door.publicUrl}/scim/v2`;
      const until = new Date(issued.expiresAtMs).toISOString().slice(0, 10);
      terminal.stdout.write(
        options.json
          ? `${JSON.stringify({ ...issued, url }, null, 2)}\n`
          : `Base URL: ${url}\nToken:    ${issued.token}\nIt is shown this once, is valid until ${until}, and ends with \`trapkey tokens revoke ${issued.id}\`.\n`,
      );
    },
  );
}
