import type { Command } from 'commander';
import { parseDurationMs } from '../kernel/duration.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import type { Issued, Tokens } from '../kernel/tokens.ts';
import { telemetrySettings, telemetryWords } from './connect-telemetry.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the commands about identity work with. */
export interface AccessDoor {
  readonly people: People;
  readonly tokens: Tokens;
  /** Where clients reach the gateway, without a slash at the end. */
  readonly publicUrl: string;
  close(): Promise<void>;
}

/** Opens it for one command; `globals` are the options of the program itself. */
export type OpenAccessDoor = (globals: Readonly<Record<string, unknown>>) => Promise<AccessDoor>;

interface ConnectOptions extends CredentialOptions {
  readonly person?: string;
  readonly profile?: string;
  readonly expires: string;
  readonly json?: boolean;
  readonly telemetry?: boolean;
}

const help = `
One token for each connector of the plugin's current release, shown once.

Examples:
  $ trapkey connect sales                                   for yourself; asks for your code
  $ trapkey connect sales --profile outreach --expires 8h   for one task
  $ trapkey connect --telemetry                             settings with which a client tells cost, models and agents
  $ trapkey connect sales --person j.rivera@corp.example --as m.osei@corp.example
  $ TRAPKEY_CODE_FILE=~/.trapkey-code trapkey connect sales --json > .mcp.json`;

/** `trapkey connect <plugin>`: issues tokens and prints the configuration of a client. */
export function connectCommand(program: Command, open: OpenAccessDoor, terminal: Terminal): void {
  const command = program
    .command('connect')
    .description('issue tokens for a plugin and print a ready-to-paste client configuration')
    .argument('[plugin]')
    .option('--telemetry', 'instead, a token that delivers telemetry, with the settings of the client')
    .option('--person <person>', 'whom they are for; for somebody else you must be an administrator')
    .option('--profile <profile>', 'the task profile that its calls run under (default: the narrowest)')
    .option('--expires <duration>', 'how long they last, such as 30m, 8h or 30d', '30d')
    .option('--json', 'only the configuration, nothing else')
    .addHelpText('after', help);
  takesCredential(command).action(async (plugin: string | undefined, options: ConnectOptions, self: Command) => {
    const expiresMs = parseDurationMs(options.expires);
    if (expiresMs === undefined)
      throw new UserError(`\`${options.expires}\` is not a duration.`, 'For example `--expires 8h` or `--expires 30d`.');
    if ((plugin === undefined) !== (options.telemetry === true))
      throw new UserError('Name a plugin, or --telemetry.', 'For example `trapkey connect sales` or `trapkey connect --telemetry`.');
    await using door = disposable(await open(self.optsWithGlobals()));
    const by = await prove(door.people, options, terminal);
    if (plugin === undefined) {
      const one = await door.tokens.issueTelemetry({ person: options.person, expiresMs, by });
      terminal.stdout.write(`${JSON.stringify(telemetrySettings(one, door.publicUrl), null, 2)}\n`);
      if (!options.json) terminal.stderr.write(telemetryWords(one));
      return;
    }
    const issued = await door.tokens.issue({ plugin, person: options.person, profile: options.profile, expiresMs, by });
    terminal.stdout.write(`${JSON.stringify(clientConfiguration(issued, door.publicUrl), null, 2)}\n`);
    if (!options.json) terminal.stderr.write(words(issued));
  });
}

/** The configuration that Claude and other clients read: one server for each token. */
export function clientConfiguration(issued: readonly Issued[], publicUrl: string) {
  const servers = issued.map(({ plugin, connector, audience, token }) => {
    return [
      `${plugin}-${connector}`,
      { type: 'http', url: `${publicUrl}${audience}`, headers: { Authorization: `Bearer ${token}` } },
    ] as const;
  });
  return { mcpServers: Object.fromEntries(servers) };
}

/** Closes what a command opened, however it ends. */
export function disposable<T extends { close(): Promise<void> }>(door: T): T & AsyncDisposable {
  return Object.assign(door, { [Symbol.asyncDispose]: () => door.close() });
}

function words(issued: readonly Issued[]): string {
  const [first] = issued;
  if (!first) return '';
  const until = new Date(first.expiresAtMs).toISOString().slice(0, 16).replace('T', ' ');
  const whose = `${first.person}${first.profile === undefined ? '' : `, profile ${first.profile}`}`;
  return [
    '',
    `For ${whose}: ${first.plugin} ${first.version}, until ${until} UTC.`,
    'The tokens are shown this once; whoever has one acts in this name. Paste the above into the configuration of the client.',
    `To end one: trapkey tokens revoke <id>. Ids: ${issued.map(({ id, connector }) => `${id} (${connector})`).join(', ')}`,
    '',
  ].join('\n');
}
