import { type Command, Option } from 'commander';
import type { Acting } from '../kernel/approvals.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import type { StopScope, StopView } from '../kernel/readers.ts';
import type { Stops, StopTarget } from '../kernel/stops.ts';
import { disposable } from './connect.ts';
import type { Terminal } from './credential.ts';

/** What the commands about stops work with; no server needs to run. */
export interface StopsDoor {
  readonly stops: Stops;
  readonly people: People;
  /** Ids of the running policy's connectors; undefined when no policy can be read, which must not be in the way of a stop. */
  readonly connectors: readonly string[] | undefined;
  /** Whose run it is; undefined when no call of it was ever decided. */
  findRun?(id: string): Promise<{ readonly person: string; readonly release: string } | undefined>;
  /** Who the operating system says runs the command; the entry says `claimed`. */
  readonly claimed: Acting;
  close(): Promise<void>;
}

/** Opens it for one command; `globals` are the options of the program itself. */
export type OpenStopsDoor = (globals: Readonly<Record<string, unknown>>) => Promise<StopsDoor>;

interface StopOptions {
  readonly reason?: string;
  readonly mode: StopView['mode'];
  readonly json?: boolean;
}

const help = `
Takes effect with the next call on every node, and aborts what is running. Works while the server is down.
Stopping needs no code; \`trapkey release\` does.

Examples:
  $ trapkey stop everything --reason "odd mails since 14:00"
  $ trapkey stop connector:crm-act --mode freeze --reason "month end: reading only"
  $ trapkey stop run:R-2K7Q9M4X3F --reason "it does not do what was asked"
  $ trapkey stop list`;

/** `trapkey stop everything|connector:<id>|run:<id>` and `trapkey stop list`. */
export function stopCommand(program: Command, open: OpenStopsDoor, terminal: Terminal): void {
  program
    .command('stop')
    .description('stop everything, one connector or one run, at once; `list` shows what is stopped')
    .argument('<what>', '`everything`, `connector:<id>`, `run:<id>` or `list`')
    .option('--reason <reason>', 'why; kept in the record')
    .addOption(new Option('--mode <mode>', 'full: nothing runs. freeze: reading goes on').choices(['full', 'freeze']).default('full'))
    .option('--json', 'as JSON')
    .addHelpText('after', help)
    .action(async (what: string, options: StopOptions, self: Command) => {
      const target = what === 'list' ? undefined : stopScope(what);
      const reason = options.reason?.trim() ?? '';
      if (target && reason === '') throw new UserError('Say why. Nothing was stopped yet.', 'Add `--reason "…"`; a few words do.');
      await using door = disposable(await open(self.optsWithGlobals()));
      const say = (value: unknown, words: string) => terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
      if (!target) {
        const now = door.stops.current();
        if (now.unreadable) throw new UserError('The stops cannot be read, so everything counts as stopped.', 'Check the database.');
        say(now.stops, listText(now.stops));
        return;
      }
      const scope = await existing(target, door);
      const stop = await door.stops.engage({ scope, mode: options.mode, by: door.claimed, reason });
      const does = options.mode === 'full' ? 'nothing runs' : 'only reading goes on';
      say(stop, `Stopped ${what}: ${does} until \`trapkey release ${stop.id}\`.\n`);
    });
}

/** Reads `everything`, `connector:<id>` or `run:<id>`. */
export function stopScope(what: string): StopTarget {
  const words = what.trim();
  if (words.toLowerCase() === 'everything') return { kind: 'everything' };
  const id = words.replace(/^connector:/, '');
  if (id !== words && id !== '') return { kind: 'connector', id };
  const run = /^run:(R-[0-9A-Z]{10})$/i.exec(words)?.[1];
  if (run !== undefined) return { kind: 'run', id: run.toUpperCase() };
  throw new UserError(`\`${words.slice(0, 80)}\` cannot be stopped.`, 'Say `everything`, `connector:<id>` or `run:<id>`.');
}

/** A stop on a name that nothing has would comfort and stop nothing. */
async function existing(target: StopTarget, { connectors, findRun }: StopsDoor): Promise<StopScope> {
  if (target.kind === 'run') {
    const found = await findRun?.(target.id);
    if (found) return { ...target, ...found };
    throw new UserError(`There is no run ${target.id}. Nothing was stopped.`, 'A ticket and every entry of the record name theirs.');
  }
  if (target.kind === 'everything' || connectors === undefined || connectors.includes(target.id)) return target;
  const known = connectors.length > 0 ? `The connectors are ${connectors.join(', ')}.` : 'The policy has no connectors.';
  throw new UserError(`No connector is called \`${target.id.slice(0, 80)}\`. Nothing was stopped.`, known);
}

function listText(stops: readonly StopView[]): string {
  if (stops.length === 0) return 'Nothing is stopped.\n';
  return stops
    .map(({ id, scope, mode, by, reason, atMs }) => {
      const what = scope.kind === 'everything' ? 'everything' : `${scope.kind}:${scope.id}`;
      return `${id}  ${what}  ${mode}  since ${new Date(atMs).toISOString()} by ${by}: ${reason}\n`;
    })
    .join('');
}
