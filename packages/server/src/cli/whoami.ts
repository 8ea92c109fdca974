import type { Command } from 'commander';
import { disposable } from './connect.ts';
import type { Terminal } from './credential.ts';
import type { OpenLoginDoor } from './login.ts';

/** `trapkey whoami`: as whom commands act here. */
export function whoamiCommand(program: Command, open: OpenLoginDoor, terminal: Terminal): void {
  program
    .command('whoami')
    .description('as whom commands act at this terminal')
    .option('--json', 'as JSON')
    .action(async (options: { readonly json?: boolean }, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const signed = await door.signedIn();
      const until = signed && new Date(signed.expiresAtMs).toISOString().slice(0, 16).replace('T', ' ');
      const words = signed
        ? `${signed.who.person} (${signed.who.roles.join(', ') || 'no role'}), until ${until} UTC.\n`
        : 'Nobody is signed in here: commands that need a person ask for their code. Sign in with `trapkey login`.\n';
      const shown = signed && { person: signed.who.person, roles: signed.who.roles, expires_at_ms: signed.expiresAtMs };
      terminal.stdout.write(options.json ? `${JSON.stringify(shown ?? null)}\n` : words);
    });
}
