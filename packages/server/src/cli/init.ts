import type { Command } from 'commander';
import { counted } from '../kernel/counted.ts';
import type { Terminal } from './credential.ts';

/** What was written. */
interface InitReport {
  readonly folder: string;
  readonly files: readonly string[];
  readonly connectors: readonly { readonly id: string; readonly tools: number }[];
  /** Servers whose tools nobody knows. */
  readonly silent: readonly string[];
  readonly left: readonly { readonly name: string; readonly says: string }[];
}

/** What it is written for. */
interface InitChoice {
  readonly targets: readonly string[];
  readonly live: boolean;
  readonly privateNetwork: boolean;
  readonly person: string;
  readonly plugin: string;
}

interface Options {
  readonly live?: boolean;
  readonly allowPrivate?: boolean;
  readonly person: string;
  readonly plugin: string;
  readonly json?: boolean;
}

const help = `
Deny by default: what reads is offered, what changes is a connector of its own whose calls a person approves, what nobody
could classify is left out. Each tool stands with why it got its effect; read them before you run it. Nothing is started
without --live.

Examples:
  $ trapkey init --live                        this machine's servers
  $ trapkey --policy ./policy init ./my-plugin --live
  $ trapkey policy check && trapkey up`;

/** `trapkey init [path|git-url …]`: a starter policy from a scan. */
export function initCommand(
  program: Command,
  init: (globals: Readonly<Record<string, unknown>>, choice: InitChoice) => Promise<InitReport>,
  terminal: Terminal,
): void {
  program
    .command('init')
    .description('write a starter policy from a scan: deny by default, each tool with the reason of its effect')
    .argument('[path|git-url...]', 'folders, files, bundles, repositories; without any: this machine')
    .option('--live', 'start the servers once and list their tools')
    .option('--allow-private', 'fetch from private addresses, too')
    .option('--person <person>', 'who owns it, uses it and approves at first', 'you@localhost')
    .option('--plugin <id>', 'what the set of connectors is called', 'first')
    .option('--json', 'as JSON')
    .addHelpText('after', help)
    .action(async (targets: readonly string[], options: Options, self: Command) => {
      const { person, plugin } = options;
      const choice = { targets, live: options.live === true, privateNetwork: options.allowPrivate === true, person, plugin };
      const report = await init(self.optsWithGlobals(), choice);
      terminal.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : text(report, plugin));
    });
}

function text({ folder, files, connectors, silent, left }: InitReport, plugin: string): string {
  return [
    `Written to ${folder}: ${files.join(', ')}.`,
    ...connectors.map(({ id, tools }) => `  ${id}: ${tools === 0 ? 'offers nothing yet' : counted(tools, 'tool', 'tools')}`),
    ...left.map(({ name, says }) => `  ${name} was left out; it ${says}.`),
    ...(silent.length > 0
      ? [`Nobody knows the tools of ${silent.join(', ')}: list them there, or write the policy anew with --live.`]
      : []),
    `Next: read it; trapkey policy check; trapkey up; trapkey connect ${plugin}`,
    '',
  ].join('\n');
}
