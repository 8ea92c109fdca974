import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { serveDemo } from '../wire-demo.ts';
import type { Terminal } from './credential.ts';
import { configOf, modulesFolder, ownFolder, packaged, policyEnvironment } from './globals.ts';
import { commandFor, layOutSamples, serversInstalled } from './start.ts';
import { serveOptions, untilInterrupted } from './up.ts';

interface DemoCommandOptions {
  readonly seed: number;
  readonly pace: number;
  readonly open: boolean;
}

const watcher = 'you@harbor.example';

const help = `
A sample company in a temporary folder: a customer book, mail, a support desk, a warehouse, and the real MCP servers of
files and memory. Forty people's agents work at a human pace. Within a minute a mail to 2,310 people is held, a changed
tool is kept out, orders in a customer's mail are caught, re-tiering is staged, and a budget trips. Ctrl-C removes it all.

Examples:
  $ trapkey demo
  $ trapkey demo --seed 7 --no-open`;

/** `trapkey demo`: a company at work, to look at. */
export function demoCommand(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('run a sample company with forty agents, and open the console')
    .option('--seed <number>', 'another course of events', wholeNumber, 1)
    .option('--pace <times>', 'how many times faster than people', wholeNumber, 1)
    .option('--no-open', 'do not open a browser')
    .addHelpText('after', help)
    .action(async (options: DemoCommandOptions, self: Command) => {
      const globals = self.optsWithGlobals();
      await serversInstalled(modulesFolder(), ['filesystem', 'memory']);
      // What it is to look at: a checkout has it only once it was built, the package always.
      if (!packaged) execFileSync(process.execPath, [ownFolder('packages/console/build.ts')], { stdio: 'inherit' });
      const folder = await mkdtemp(join(tmpdir(), 'trapkey-demo-'));
      const say = (text: string) => terminal.stdout.write(`${text}\n`);
      try {
        say('Starting a sample company of forty people …');
        const data = join(folder, 'data');
        const config = configOf({ port: '0', ...globals, data, policy: join(folder, 'policy') }, without(terminal.env));
        const samples = join(folder, 'samples');
        await layOutSamples(samples);
        const env = { ...policyEnvironment(config, terminal.env), TRAPKEY_STARTER_SAMPLES: samples };
        let began = performance.now();
        const serving = await serveDemo({
          ...serveOptions(config, { admin: watcher, quiet: true }, terminal),
          ...{ env, folder, watcher, seed: options.seed, pace: Math.max(1, options.pace) },
          policies: ownFolder('policies/demo'),
          say: (text) => say(`  ${Math.round((performance.now() - began) / 1_000)} s  ${text}`),
          alarm: () => undefined,
        });
        const url = `${serving.signInUrl ?? serving.url}&to=${encodeURIComponent('/console/?tour=1')}`;
        const ended = untilInterrupted(serving);
        began = performance.now();
        say(`\nThe console, signed in once within ten minutes: ${url}`);
        say(`Every command works on it, for example: ${commandFor(data)} approvals list`);
        say(`Later, sign in as ${watcher} with this code: ${serving.code}\n\nWhat happens next (Ctrl-C ends it and removes it):`);
        if (options.open) openBrowser(url);
        await ended;
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    });
}

/** A demo is its own deployment, whatever the environment says of another. */
function without(env: Terminal['env']): Terminal['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TRAPKEY_')));
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}

/** Asks the system to; where there is no browser, the address was printed. */
function openBrowser(url: string): void {
  const command = process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  const child = spawn(command, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
