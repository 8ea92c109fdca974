import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { UserError } from '../kernel/errors.ts';
import type { Rehearsal, Rehearsals, RehearsedPath } from '../kernel/rehearsal.ts';
import { disposable } from './connect.ts';
import type { Terminal } from './credential.ts';

/** What the command works with. */
export interface RehearsalsDoor {
  readonly rehearsals: Rehearsals;
  readonly by: string;
  close(): Promise<void>;
}

const takenMs = 4_000;
const finishedMs = 120_000;
const lookMs = 200;

const help = `
Stops a canary that ships in the box, on every gateway that serves, and measures on each way in (MCP over HTTP, stdio,
hook) how long it takes until the first call is refused, and until one runs again. Nothing of yours is stopped.
Gateways do this once a week by themselves.

Examples:
  $ trapkey rehearse
  $ trapkey rehearse --history --json`;

/** `trapkey rehearse`: a fire drill of the stop. Exit code 1 where it did not pass. */
export function rehearseCommand(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<RehearsalsDoor>,
  terminal: Terminal,
): void {
  program
    .command('rehearse')
    .description('a fire drill of the stop: seconds to the first refusal, on every node and way in')
    .option('--history', 'show earlier ones')
    .option('--json', 'as JSON')
    .addHelpText('after', help)
    .action(async (options: { readonly history?: boolean; readonly json?: boolean }, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const say = (value: unknown, words: string) => terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
      if (options.history) {
        const all = await door.rehearsals.list(50);
        return void say(all, all.length === 0 ? 'Nothing was rehearsed yet.\n' : all.map(text).join('\n'));
      }
      const id = await door.rehearsals.begin(door.by);
      if (id === undefined)
        throw new UserError('A rehearsal is under way. Nothing was started.', 'See it with `trapkey rehearse --history`.');
      const ended = await finished(door.rehearsals, id);
      say(ended, text(ended));
      if (ended.state !== 'passed') process.exitCode = 1;
    });
}

async function finished(rehearsals: Rehearsals, id: string): Promise<Rehearsal> {
  const began = performance.now();
  for (;;) {
    const one = (await rehearsals.list(5)).find((each) => each.id === id);
    if (one?.finishedAtMs !== undefined) return one;
    const forMs = performance.now() - began;
    if (one?.paths.length === 0 && forMs > takenMs)
      throw new UserError('No gateway took it up: none serves on this database.', 'Start one with `trapkey up`, then run this again.');
    if (forMs > finishedMs)
      throw new UserError(`The rehearsal ${id} did not end in time.`, 'See how far it came with `trapkey rehearse --history`.');
    await pause(lookMs);
  }
}

function text({ id, by, state, says, startedAtMs, paths }: Rehearsal): string {
  return `${id}  ${new Date(startedAtMs).toISOString()}  ${state}  by ${by}\n  ${says}\n${paths.map(line).join('')}`;
}

function line({ node, path, state, refusedAfterMs, abortedAfterMs, backAfterMs, says }: RehearsedPath): string {
  const seconds = (ms: number | undefined) => (ms === undefined ? '-' : `${(ms / 1_000).toFixed(3)} s`);
  const figures = `refused after ${seconds(refusedAfterMs)}, in flight ended after ${seconds(abortedAfterMs)}, back after ${seconds(backAfterMs)}`;
  return `  ${node}  ${path.padEnd(8)}  ${state === 'back' ? figures : `${state}${says === '' ? '' : `: ${says}`}`}\n`;
}
