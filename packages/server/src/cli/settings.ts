import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../kernel/errors.ts';
import type { GovernedSummary } from '../kernel/governed.ts';
import { version } from '../version.ts';
import type { Terminal } from './credential.ts';
import { type HookChoice, headersHelper, managedSettings, pluginFiles, tokenVariable, written } from './settings-files.ts';
import { coworkServers, governedPlugins, managedServers } from './settings-governed.ts';

interface SettingsOptions {
  readonly url?: string;
  readonly form: 'http' | 'command';
  readonly only?: 'mcp';
  readonly tokenFile?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly plugins?: true | readonly string[];
  readonly servers?: true | readonly string[];
}

const managedHelp = `
The same options give the same bytes. Hooks take their token from ${tokenVariable}, or from --token-file in the command form.

Examples:
  $ trapkey settings managed --url https://trapkey.corp.example > /etc/claude-code/managed-settings.json
  $ trapkey settings managed --url https://trapkey.corp.example --form command --token-file ~/.trapkey-hook
  $ trapkey settings managed --url https://trapkey.corp.example --only mcp --json
  $ trapkey settings managed --url https://trapkey.corp.example --plugins sales`;

const coworkHelp = `
Each value is what the key of the same name takes, as a string, in the managed preferences of Desktop. Each person signs in with
the identity provider. \`allow\` is what runs without a person, \`ask\` is all else that policy lists; the gateway decides each call either way.

Examples:
  $ trapkey settings cowork --url https://trapkey.corp.example
  $ trapkey settings cowork --url https://trapkey.corp.example --plugins sales`;

const pluginHelp = `
Without --out the files are printed, as JSON by path.

Examples:
  $ trapkey settings plugin --url https://trapkey.corp.example --out ./trapkey-hooks
  $ trapkey settings plugin --url https://trapkey.corp.example --json`;

/** `trapkey settings managed|plugin`: what makes clients ask the gateway before each tool call. */
export function settingsCommands(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<GovernedSummary>,
  terminal: Terminal,
): void {
  const settings = program.command('settings').description('write the settings or the plugin that bring the hooks to Claude Code');
  choosing(settings.command('managed').description('managed settings for a fleet: the hooks, and nothing that goes around them'))
    .option('--plugins [names...]', 'bring the marketplace and these plugins of it to every machine (default: all of policy)')
    .option('--servers [plugins...]', 'bring their endpoints as servers, too; https alone')
    .option('--json', 'they are JSON already; for symmetry')
    .addHelpText('after', managedHelp)
    .action(async (options: SettingsOptions, self: Command) => {
      const choice = choiceOf(options, self);
      const { url } = choice;
      const needs = options.plugins !== undefined || options.servers !== undefined;
      const summary = needs ? await open(self.optsWithGlobals()) : undefined;
      terminal.stdout.write(
        written({
          ...managedSettings(choice),
          ...(summary &&
            options.plugins &&
            governedPlugins(summary, names(options.plugins), { url, headersHelper: headersHelper(choice) })),
          ...(summary && options.servers && managedServers(summary, names(options.servers), url)),
        }),
      );
    });
  settings
    .command('cowork')
    .description('the managed servers of Cowork and Desktop, with a tool policy that says which tools ask')
    .option('--url <url>', 'how clients reach the gateway (default: --public-url)')
    .option('--plugins [names...]', 'of these plugins (default: all of policy)')
    .option('--json', 'they are JSON already; for symmetry')
    .addHelpText('after', coworkHelp)
    .action(async (options: SettingsOptions, self: Command) => {
      const { url } = choiceOf({ ...options, form: 'http' }, self);
      const servers = coworkServers(await open(self.optsWithGlobals()), names(options.plugins ?? true), url);
      terminal.stdout.write(written({ managedMcpServers: servers, isLocalDevMcpEnabled: false }));
    });
  choosing(settings.command('plugin').description('a small plugin with the same hooks, for where settings cannot be managed'))
    .option('--out <folder>', 'write the files there')
    .option('--json', 'what was written, or the files themselves')
    .addHelpText('after', pluginHelp)
    .action(async (options: SettingsOptions, self: Command) => {
      const files = pluginFiles(choiceOf(options, self), version);
      if (options.out === undefined) {
        terminal.stdout.write(written(files));
        return;
      }
      for (const [path, text] of Object.entries(files)) {
        const file = join(options.out, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
      }
      const names = Object.keys(files);
      const says = `Written to ${options.out}: ${names.join(', ')}.\nCheck it with \`claude plugin validate ${options.out}\`.\n`;
      terminal.stdout.write(options.json ? written({ folder: options.out, files: names }) : says);
    });
}

/** Names after an option; none: all. */
function names(given: true | readonly string[]): readonly string[] {
  return given === true ? [] : given;
}

function choosing(command: Command): Command {
  return command
    .option('--url <url>', 'how clients reach the gateway (default: --public-url)')
    .addOption(new Option('--form <form>', 'http, or command for clients without HTTP hooks').choices(['http', 'command']).default('http'))
    .addOption(new Option('--only <tools>', 'announce calls of MCP servers, and leave built-in tools alone').choices(['mcp']))
    .option('--token-file <file>', 'where the command form reads the token on each machine');
}

function choiceOf(options: SettingsOptions, self: Command): HookChoice {
  const given = options.url ?? self.optsWithGlobals<{ readonly publicUrl?: string }>().publicUrl;
  const url = given === undefined ? null : URL.parse(given);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
    throw new UserError('These settings need the address of the gateway.', 'For example --url https://trapkey.corp.example.');
  return {
    url: url.href.replace(/\/+$/, ''),
    form: options.form,
    matcher: options.only === 'mcp' ? 'mcp__.*' : '.*',
    tokenFile: options.tokenFile,
  };
}
