import type { Command } from 'commander';
import type { TokenView } from '../kernel/tokens.ts';
import { columns } from './columns.ts';
import { disposable, type OpenAccessDoor } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

const listHelp = `
Examples:
  $ trapkey tokens list
  $ trapkey tokens list --person j.rivera@corp.example --json`;

const revokeHelp = `
The next call with it is refused, on every node.

Examples:
  $ trapkey tokens revoke AT-7F3Q9K2M4X
  $ trapkey tokens revoke AT-7F3Q9K2M4X --as m.osei@corp.example`;

/** `trapkey tokens list|revoke`: what was issued, and its end. */
export function tokensCommands(program: Command, open: OpenAccessDoor, terminal: Terminal): void {
  const tokens = program.command('tokens').description('list and revoke the tokens that `trapkey connect` issued');
  tokens
    .command('list')
    .description('what was issued; never the tokens themselves')
    .option('--person <person>', 'only those of one person')
    .option('--json', 'as JSON')
    .addHelpText('after', listHelp)
    .action(async (options: { readonly person?: string; readonly json?: boolean }, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const found = await door.tokens.list(options.person?.toLowerCase());
      terminal.stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : table(found, Date.now()));
    });
  const revoke = tokens
    .command('revoke')
    .description('end a token at once')
    .argument('<id>')
    .option('--json', 'as JSON')
    .addHelpText('after', revokeHelp);
  takesCredential(revoke).action(async (id: string, options: CredentialOptions & { readonly json?: boolean }, self: Command) => {
    await using door = disposable(await open(self.optsWithGlobals()));
    const by = await prove(door.people, options, terminal);
    const ended = await door.tokens.revoke(id, by);
    terminal.stdout.write(
      options.json
        ? `${JSON.stringify(ended, null, 2)}\n`
        : `Revoked ${ended.id} of ${ended.person} for ${ended.audience}. Its next call is refused.\n`,
    );
  });
}

function table(found: readonly TokenView[], nowMs: number): string {
  if (found.length === 0) return 'No tokens. Issue some with `trapkey connect <plugin>`.\n';
  const rows = found.map((token) => [
    token.id,
    token.person,
    `${token.plugin}@${token.version}`,
    token.connector,
    token.profile ?? '-',
    state(token, nowMs),
  ]);
  return columns(['ID', 'PERSON', 'RELEASE', 'CONNECTOR', 'PROFILE', 'STATE'], rows);
}

function state(token: TokenView, nowMs: number): string {
  const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
  if (token.revokedAtMs !== undefined) return `revoked ${day(token.revokedAtMs)}`;
  return token.expiresAtMs <= nowMs ? `expired ${day(token.expiresAtMs)}` : `valid until ${day(token.expiresAtMs)}`;
}
