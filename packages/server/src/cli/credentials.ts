import type { Command } from 'commander';
import type { GrantedScope, GrantedView } from '../kernel/upstream-credentials.ts';
import type { CredentialsDoor } from '../wire-people-doors.ts';
import { columns } from './columns.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

type Open = (globals: Readonly<Record<string, unknown>>) => Promise<CredentialsDoor>;

interface ScopeOptions {
  readonly vendor?: string;
  readonly connection?: string;
  readonly person?: string;
  readonly json?: boolean;
}

const listHelp = `
Examples:
  $ trapkey credentials list
  $ trapkey credentials list --vendor login.vendor.example --json`;

const revokeHelp = `
From then on none of them is used, on any node; the vendor is told where it can be. One entry of the record for each.

Examples:
  $ trapkey credentials revoke G-7F3Q9K2M4X
  $ trapkey credentials revoke --vendor login.vendor.example --reason "vendor breached"
  $ trapkey credentials revoke --person j.rivera@corp.example`;

/** `trapkey credentials list|revoke`: what people let the gateway do for them at upstreams, and its end. */
export function credentialsCommands(program: Command, open: Open, terminal: Terminal): void {
  const credentials = program.command('credentials').description('list and revoke what people granted at upstreams');
  scoped(credentials.command('list'))
    .description('what is granted now; never the tokens themselves')
    .option('--json', 'as JSON')
    .addHelpText('after', listHelp)
    .action(async (options: ScopeOptions, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const found = await door.grants.list(scopeOf(options));
      terminal.stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : table(found));
    });
  const revoke = scoped(credentials.command('revoke'))
    .description('end one, or all of a vendor, connection or person in one act')
    .argument('[id]')
    .option('--reason <text>', 'why; it stands in the record')
    .option('--json', 'as JSON')
    .addHelpText('after', revokeHelp);
  takesCredential(revoke).action(
    async (id: string | undefined, options: CredentialOptions & ScopeOptions & { readonly reason?: string }, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const by = await prove(door.people, options, terminal);
      const ended = await door.grants.revoke({ id, ...scopeOf(options) }, by, options.reason);
      const said = ended.map((one) => `Revoked ${one.id} of ${one.person} for ${one.connection} at ${one.vendor}.\n`).join('');
      terminal.stdout.write(options.json ? `${JSON.stringify(ended, null, 2)}\n` : `${said}The next call with any of them is refused.\n`);
    },
  );
}

function scoped(command: Command): Command {
  return command
    .option('--vendor <vendor>', 'only those of one vendor')
    .option('--connection <connection>', 'only those of one connection')
    .option('--person <person>', 'only those of one person');
}

function scopeOf({ vendor, connection, person }: ScopeOptions): GrantedScope {
  return { vendor, connection, person };
}

function table(found: readonly GrantedView[]): string {
  if (found.length === 0) return 'Nobody has granted anything.\n';
  const rows = found.map(({ id, person, connection, vendor, grantedAtMs }) => [
    id,
    person,
    connection,
    vendor,
    new Date(grantedAtMs).toISOString().slice(0, 10),
  ]);
  return columns(['ID', 'PERSON', 'CONNECTION', 'VENDOR', 'SINCE'], rows);
}
