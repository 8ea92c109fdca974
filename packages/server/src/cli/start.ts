import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../kernel/errors.ts';
import { serve } from '../wire-serve.ts';
import { clientConfiguration } from './connect.ts';
import type { Terminal } from './credential.ts';
import { shown } from './enroll.ts';
import { configOf, modulesFolder, ownFolder, packaged, samplesFolder } from './globals.ts';
import { stayWarm } from './stay-warm.ts';
import { serveOptions, signInText, untilInterrupted } from './up.ts';

const serversVersion = '2026.8.31';

const help = `
Runs the starter policy in front of three real MCP servers: files (sample documents), memory, everything.
The first start prints the code of the administrator and a client configuration; both are shown once.

Examples:
  $ trapkey start
  $ trapkey start --port 0`;

/** `trapkey start`: the main job in one command, on this machine, with nothing to prepare. */
export function startCommand(program: Command, terminal: Terminal): void {
  program
    .command('start')
    .description('run the gateway with the starter policy, in front of real MCP servers with sample documents')
    .addHelpText('after', help)
    .action(async (_options: unknown, self: Command) => {
      stayWarm();
      const globals = self.optsWithGlobals();
      const data = resolve((globals['data'] as string | undefined) ?? terminal.env['TRAPKEY_DATA'] ?? '.trapkey/data');
      const config = configOf({ policy: ownFolder('policies/starter'), ...globals, data }, terminal.env);
      await serversInstalled(modulesFolder(), ['filesystem', 'memory', 'everything']);
      await layOutSamples(samplesFolder(config));
      const say = (text: string) => terminal.stdout.write(text);
      say('Starting the gateway and the three MCP servers …\n');
      const serving = await serve(serveOptions(config, { admin: 'you@localhost' }, terminal));
      const ended = untilInterrupted(serving);
      const here = commandFor(data);
      if (serving.enrolled) {
        const configuration = clientConfiguration(await serving.firstTokens('starter'), serving.url);
        say(
          `\n${shown(serving.enrolled)}${signInText(serving, here)}\nClient configuration, ready to paste (shown once; another with \`${here} connect starter\`):\n\n`,
        );
        say(`${JSON.stringify(configuration, null, 2)}\n`);
      } else say(`\nA client configuration: ${here} connect starter\n`);
      say(`\nThe console: ${serving.url}/console/\n`);
      say(`Trapkey serves at ${serving.url}. Each decided call is a line below. Stop with Ctrl-C.\n`);
      say(`Held calls: ${here} approvals list   The record: ${here} record list   Stop all: ${here} stop everything --reason "…"\n\n`);
      await ended;
    });
}

/** What a person types to reach this deployment: from a checkout, or with the installed package. */
export function commandFor(data: string): string {
  if (packaged) return `trapkey --data ${data}`;
  return `npm run trapkey --${data === resolve('.trapkey/data') ? '' : ` --data ${data}`}`;
}

/** Throws where one is missing. The servers are no part of the package: governing others needs none of them. */
export async function serversInstalled(folder: string, wanted: readonly string[]): Promise<void> {
  const missing = [];
  for (const name of wanted.map((one) => `@modelcontextprotocol/server-${one}`))
    if (!(await stat(join(folder, name)).catch(() => undefined))) missing.push(`${name}@${serversVersion}`);
  if (missing.length === 0) return;
  throw new UserError(
    'This runs real MCP servers, and not all of them are installed here. Nothing was started.',
    `Run \`npm install ${missing.join(' ')}\`; or \`trapkey up --policy <folder>\` for servers of your own.`,
  );
}

/** Copies the sample documents where there are none yet; what a person changed stays. */
export async function layOutSamples(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length === 0) await cp(ownFolder('examples/samples'), folder, { recursive: true });
}
