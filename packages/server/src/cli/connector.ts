import type { Command } from 'commander';
import { UserError } from '../kernel/errors.ts';
import type { Terminal } from './credential.ts';

/** What the command asks for; `globals` are the options of the program itself. */
export type Provision = (
  globals: Readonly<Record<string, unknown>>,
  asked: { readonly connector: string; readonly adminUrl: string; readonly apply: boolean },
) => Promise<{ readonly applied: boolean; readonly statements: readonly string[] }>;

const help = `
A connector over PostgreSQL logs in as the account in its connection's address. This makes that account: it may log in and
read exactly the columns that the connector documents allow, and nothing else; what it could do before is taken away.
Tables that everybody (PUBLIC) may read stay readable to it, and calls are then refused until that grant is gone.

Examples:
  $ TRAPKEY_ADMIN_URL=postgres://postgres@db/warehouse trapkey connector provision finance-warehouse
  $ trapkey connector provision finance-warehouse --apply
  $ trapkey connector provision finance-warehouse --json`;

/** `trapkey connector provision`. */
export function connectorCommands(program: Command, provision: Provision, terminal: Terminal): void {
  program
    .command('connector')
    .description('what connectors need elsewhere')
    .command('provision')
    .description('the account of a database that a connector logs in as: its statements, or made at once')
    .argument('<connector>')
    .option('--apply', 'make it, in one transaction; without this the statements are only shown')
    .option('--admin-url <url>', 'a postgres:// address of somebody who may make accounts (TRAPKEY_ADMIN_URL)')
    .option('--json', 'as JSON')
    .addHelpText('after', help)
    .action(async (connector: string, options: { apply?: boolean; adminUrl?: string; json?: boolean }, self: Command) => {
      const adminUrl = options.adminUrl ?? terminal.env['TRAPKEY_ADMIN_URL'];
      if (adminUrl === undefined)
        throw new UserError(
          'The columns of the tables are looked up in the database, and nobody said how to reach it as an administrator.',
          'Set TRAPKEY_ADMIN_URL, or give --admin-url.',
        );
      const made = await provision(self.optsWithGlobals(), { connector, adminUrl, apply: options.apply === true });
      const end = made.applied ? '-- All of it was applied.\n' : '-- Nothing was applied; --apply does it.\n';
      terminal.stdout.write(
        options.json ? `${JSON.stringify(made, null, 2)}\n` : `${made.statements.map((one) => `${one};\n`).join('')}${end}`,
      );
    });
}
