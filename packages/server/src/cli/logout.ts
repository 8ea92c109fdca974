import type { Command } from 'commander';
import { disposable } from './connect.ts';
import type { Terminal } from './credential.ts';
import type { OpenLoginDoor } from './login.ts';

/** `trapkey logout`: ends the session of this terminal. */
export function logoutCommand(program: Command, open: OpenLoginDoor, terminal: Terminal): void {
  program
    .command('logout')
    .description('end the session of this terminal')
    .action(async (_options: unknown, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const signed = await door.signedIn();
      if (signed) await door.signOut(signed);
      terminal.stdout.write(signed ? `${signed.who.person} is signed out.\n` : 'Nobody was signed in here.\n');
    });
}
