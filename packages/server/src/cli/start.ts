import { cp, mkdir, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { serve } from '../wire-serve.ts';
import { clientConfiguration } from './connect.ts';
import type { Terminal } from './credential.ts';
import { shown } from './enroll.ts';
import { configOf, ownFolder, samplesFolder } from './globals.ts';
import { serveOptions, untilInterrupted } from './up.ts';

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
      const globals = self.optsWithGlobals();
      const data = resolve((globals['data'] as string | undefined) ?? terminal.env['TRAPKEY_DATA'] ?? '.trapkey/data');
      const config = configOf({ policy: ownFolder('policies/starter'), ...globals, data }, terminal.env);
      await layOutSamples(samplesFolder(config));
      const say = (text: string) => terminal.stdout.write(text);
      say('Starting the gateway and the three MCP servers …\n');
      const serving = await serve(serveOptions(config, { admin: 'you@localhost' }, terminal));
      const usual = data === resolve('.trapkey/data');
      const here = `npm run trapkey --${usual ? '' : ` --data ${data}`}`;
      if (serving.enrolled) {
        const configuration = clientConfiguration(await serving.firstTokens('starter'), serving.url);
        say(
          `\n${shown(serving.enrolled)}\nClient configuration, ready to paste (shown once; another with \`${here} connect starter\`):\n\n`,
        );
        say(`${JSON.stringify(configuration, null, 2)}\n`);
      } else say(`\nA client configuration: ${here} connect starter\n`);
      say(`\nTrapkey serves at ${serving.url}. Each decided call is a line below. Stop with Ctrl-C.\n`);
      say(`Held calls: ${here} approvals list   The record: ${here} record list   Stop all: ${here} stop everything --reason "…"\n\n`);
      await untilInterrupted(serving);
    });
}

/** Copies the sample documents where there are none yet; what a person changed stays. */
async function layOutSamples(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length === 0) await cp(ownFolder('examples/samples'), folder, { recursive: true });
}
