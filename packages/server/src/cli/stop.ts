import { type Command, Option } from 'commander';
import type { Acting } from '../kernel/approvals.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import type { StopScope, StopView } from '../kernel/readers.ts';
import type { Stops } from '../kernel/stops.ts';
import { disposable } from './connect.ts';
import type { Terminal } from './credential.ts';

/** What the commands about stops work with; no server needs to run. */
export interface StopsDoor {
  readonly stops: Stops;
  readonly people: People;
  /** Ids of the running policy's connectors; undefined when no policy can be read, which must not be in the way of a stop. */
  readonly connectors: readonly string[] | undefined;
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
  $ trapkey stop list`;

/** `trapkey stop everything|connector:<id>` and `trapkey stop list`. */
export function stopCommand(program: Command, open: OpenStopsDoor, terminal: Terminal): void {
  program
    .command('stop')
    .description('stop everything, or one connector, at once; `list` shows what is stopped')
    .argument('<what>', '`everything`, `connector:<id>` or `list`')
    .option('--reason <reason>', 'why; kept in the record')
    .addOption(new Option('--mode <mode>', 'full: nothing runs. freeze: reading goes on').choices(['full', 'freeze']).default('full'))
    .option('--json', 'as JSON')
    .addHelpText('after', help)
    .action(async (what: string, options: StopOptions, self: Command) => {
      const scope = what === 'list' ? undefined : stopScope(what);
      const reason = options.reason?.trim() ?? '';
      if (scope && reason === '') throw new UserError('Say why. Nothing was stopped yet.', 'Add `--reason "…"`; a few words do.');
      await using door = disposable(await open(self.optsWithGlobals()));
      const say = (value: unknown, words: string) => terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
      if (!scope) {
        const now = door.stops.current();
        if (now.unreadable) throw new UserError('The stops cannot be read, so everything counts as stopped.', 'Check the database.');
        say(now.stops, listText(now.stops));
        return;
      }
      mustExist(scope, door.connectors);
      const stop = await door.stops.engage({ scope, mode: options.mode, by: door.claimed, reason });
      const does = options.mode === 'full' ? 'nothing runs' : 'only reading goes on';
      say(stop, `Stopped ${what}: ${does} until \`trapkey release ${stop.id}\`.\n`);
    });
}

/** Reads `everything` or `connector:<id>`. */
export function stopScope(what: string): StopScope {
  const words = what.trim();
  if (words.toLowerCase() === 'everything') return { kind: 'everything' };
  const id = words.replace(/^connector:/, '');
  if (id !== words && id !== '') return { kind: 'connector', id };
  throw new UserError(`\`${words.slice(0, 80)}\` cannot be stopped.`, 'Say `everything` or `connector:<id>`.');
}

/** A stop on a name that nothing has would comfort and stop nothing. */
function mustExist(scope: StopScope, connectors: readonly string[] | undefined): void {
  if (scope.kind === 'everything' || connectors === undefined || connectors.includes(scope.id)) return;
  const known = connectors.length > 0 ? `The connectors are ${connectors.join(', ')}.` : 'The policy has no connectors.';
  throw new UserError(`No connector is called \`${scope.id.slice(0, 80)}\`. Nothing was stopped.`, known);
}

function listText(stops: readonly StopView[]): string {
  if (stops.length === 0) return 'Nothing is stopped.\n';
  return stops
    .map(({ id, scope, mode, by, reason, atMs }) => {
      const what = scope.kind === 'everything' ? 'everything' : `connector:${scope.id}`;
      return `${id}  ${what}  ${mode}  since ${new Date(atMs).toISOString()} by ${by}: ${reason}\n`;
    })
    .join('');
}
