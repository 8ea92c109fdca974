import type { Command } from 'commander';
import { parseDurationMs } from '../kernel/duration.ts';
import { UserError } from '../kernel/errors.ts';
import type { RunLists } from '../kernel/run-views.ts';
import { disposable } from './connect.ts';
import type { Terminal } from './credential.ts';
import { runLine, runText } from './runs-text.ts';

/** What the commands about runs work with; no server needs to run. */
export interface RunsDoor {
  readonly runs: RunLists;
  close(): Promise<void>;
}

interface Options {
  readonly json?: boolean;
  readonly person?: string;
  readonly since?: string;
  readonly limit?: string;
}

const help = `
A run is one task of a person with one release. Where a hook of the client joins its calls, it is the client's session;
else the person with the release, until they are idle for eight hours. Cost comes from telemetry: trapkey connect --telemetry.

Examples:
  $ trapkey runs list --since 24h
  $ trapkey runs list --person j.rivera@corp.example --json
  $ trapkey runs show R-7F3Q9K2M4X`;

/** `trapkey runs list|show`. */
export function runsCommands(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<RunsDoor>,
  terminal: Terminal,
): void {
  const group = program.command('runs').description('tasks of people with releases: calls, agents, cost').addHelpText('after', help);
  const say = (options: Options, value: unknown, words: string) =>
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
  group
    .command('list')
    .description('runs, newest first')
    .option('--person <person>', 'only those of one person')
    .option('--since <duration>', 'only those that began within this time, such as 24h or 7d')
    .option('--limit <count>', 'at most so many, 1,000 at the most', '50')
    .option('--json', 'as JSON')
    .action(async (options: Options, self: Command) => {
      const max = Number(options.limit);
      if (!Number.isInteger(max) || max < 1) throw new UserError('--limit is a whole number.', 'For example `--limit 100`.');
      const sinceMs = options.since === undefined ? undefined : parseDurationMs(options.since);
      if (options.since !== undefined && sinceMs === undefined)
        throw new UserError(`\`${options.since}\` is not a duration.`, 'For example `--since 24h`.');
      await using door = disposable(await open(self.optsWithGlobals()));
      const since = sinceMs === undefined ? undefined : Date.now() - sinceMs;
      const runs = await door.runs.list({ person: options.person?.toLowerCase(), sinceMs: since, max });
      say(options, runs, runs.length === 0 ? 'No runs.\n' : runs.map(runLine).join(''));
    });
  group
    .command('show <run>')
    .description('one run with its tree of agents')
    .option('--json', 'as JSON')
    .action(async (id: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const run = await door.runs.show(id.trim().toUpperCase());
      if (!run) throw new UserError(`There is no run ${id.slice(0, 40)}.`, 'See `trapkey runs list`.');
      say(options, run, runText(run));
    });
}
