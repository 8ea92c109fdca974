import type { Command } from 'commander';
import type { People } from '../kernel/people.ts';
import type { Signed, SignInLinks } from '../kernel/sessions.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the commands about signing in work with. */
export interface LoginDoor {
  readonly people: People;
  readonly links: SignInLinks;
  /** Undefined where no identity provider is set up. */
  readonly oidc:
    | {
        readonly name: string;
        byDevice(
          say: (at: string, code: string) => void,
        ): Promise<{ readonly person: string; readonly groups: readonly string[] | undefined }>;
      }
    | undefined;
  readonly publicUrl: string;
  signedIn(): Promise<Signed | undefined>;
  begin(person: string, groups?: readonly string[]): Promise<Signed>;
  signOut(signed: Signed): Promise<void>;
  close(): Promise<void>;
}

/** Opens it for one command; `globals` are the options of the program itself. */
export type OpenLoginDoor = (globals: Readonly<Record<string, unknown>>) => Promise<LoginDoor>;

interface Options extends CredentialOptions {
  readonly link?: boolean;
  readonly json?: boolean;
}

const help = `
With an identity provider (TRAPKEY_OIDC_CLIENT_ID) and no --as, you sign in there; otherwise with your code.
The session is kept in the data folder, for you alone. A high-tier decision asks for your code all the same.

Examples:
  $ trapkey login --as j.rivera@corp.example
  $ trapkey login --link            a link that signs you in once, on another screen
  $ trapkey whoami
  $ trapkey logout`;

/** `trapkey login`: signs in at this terminal, or makes a one-time link for another screen. */
export function loginCommand(program: Command, open: OpenLoginDoor, terminal: Terminal): void {
  const command = program
    .command('login')
    .description('sign in, so that commands act as you; or make a one-time link for a browser')
    .option('--link', 'print a link that signs you in once, within ten minutes')
    .option('--json', 'as JSON')
    .addHelpText('after', help);
  takesCredential(command).action(async (options: Options, self: Command) => {
    await using door = disposable(await open(self.optsWithGlobals()));
    if (options.link) {
      const by = await prove(door.people, options, terminal);
      const link = await door.links.make(by);
      const url = `${door.publicUrl}${link.path}`;
      const words = `${url}\nIt signs ${link.person} in once, until ${new Date(link.expiresAtMs).toISOString().slice(11, 16)} UTC. Give it to nobody.\n`;
      terminal.stdout.write(options.json ? `${JSON.stringify({ url, person: link.person, expires_at_ms: link.expiresAtMs })}\n` : words);
      return;
    }
    const signed = await signIn(door, options, terminal);
    const { person, roles } = signed.who;
    const words = `Signed in as ${person} (${roles.join(', ') || 'no role'}) until ${new Date(signed.expiresAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC.\n`;
    terminal.stdout.write(options.json ? `${JSON.stringify({ person, roles, expires_at_ms: signed.expiresAtMs })}\n` : words);
  });
}

async function signIn(door: LoginDoor, options: Options, terminal: Terminal): Promise<Signed> {
  const byCode = options.as !== undefined || options.codeStdin === true || terminal.env['TRAPKEY_CODE_FILE'] !== undefined;
  if (door.oidc && !byCode) {
    const { person, groups } = await door.oidc.byDevice((at, code) =>
      terminal.stderr.write(`Open ${at} and check that it shows ${code}. Waiting …\n`),
    );
    return await door.begin(person, groups);
  }
  return await door.begin((await prove(door.people, options, terminal)).person);
}
