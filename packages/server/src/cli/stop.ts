import { type Command, Option } from 'commander';
import type { Acting } from '../kernel/approvals.ts';
import { parseDurationMs } from '../kernel/duration.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import type { StopView } from '../kernel/readers.ts';
import type { StopDesk, Stops } from '../kernel/stops.ts';
import { disposable } from './connect.ts';
import type { Terminal } from './credential.ts';
import { detailText, engagedText, historyText, listText, previewText } from './stop-text.ts';

/** What the commands about stops work with; no server needs to run. */
export interface StopsDoor {
  readonly stops: Stops;
  readonly desk: StopDesk;
  readonly people: People;
  /** Who the operating system says runs the command; the entry says `claimed`. */
  readonly claimed: Acting;
  close(): Promise<void>;
}

/** Opens it for one command; `globals` are the options of the program itself. */
export type OpenStopsDoor = (globals: Readonly<Record<string, unknown>>) => Promise<StopsDoor>;

interface StopOptions {
  readonly reason?: string;
  readonly mode: StopView['mode'];
  readonly preview?: boolean;
  readonly withConnectors?: boolean;
  readonly revoke?: boolean;
  readonly until?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

const historyMax = 1_000;
const help = `
Takes effect with the next call on every node, and aborts what is running. Works while the server is down.
Stopping needs no code; \`trapkey release\` does. Tickets of what is stopped are frozen until then.

What: everything, plugin:<id>, release:<id>@<version>, connector:<id>, credential:<connection>,
tool:<connector>.<tool>, effect:<effect>, person:<id>, run:<id>, agent:<id>; or list, or show <stop>.

Examples:
  $ trapkey stop everything --reason "odd mails since 14:00"
  $ trapkey stop plugin:sales --with-connectors --preview
  $ trapkey stop effect:send --mode full --until 2h --reason "mail list is being mended"
  $ trapkey stop person:ann@corp.example --revoke --reason "laptop was stolen"
  $ trapkey stop connector:crm-act --mode freeze --reason "month end: reading only"
  $ trapkey stop run:R-2K7Q9M4X3F --reason "it does not do what was asked"
  $ trapkey stop list --all
  $ trapkey stop show S-2K7Q9M4X3F`;

/** `trapkey stop <scope>`, `trapkey stop list` and `trapkey stop show <stop>`. */
export function stopCommand(program: Command, open: OpenStopsDoor, terminal: Terminal): void {
  program
    .command('stop')
    .description('stop a plugin, connector, tool, effect, person, run or everything at once; `list` and `show` say what is stopped')
    .argument('<what>', 'a scope, `list` or `show`')
    .argument('[stop]', 'for `show`: the id of a stop')
    .option('--reason <reason>', 'why; kept in the record')
    .addOption(new Option('--mode <mode>', 'full: nothing runs. freeze: reading goes on').choices(['full', 'freeze']).default('full'))
    .option('--preview', 'say what would be hit, and stop nothing')
    .option('--with-connectors', 'with a plugin: its connectors and the credentials that they use, in the same act')
    .option('--revoke', 'revoke the tokens too; without it they work again after the release')
    .option('--until <time>', 'it ends by itself then: 30m, 2h, or 2026-08-01T18:00:00Z')
    .option('--all', 'with `list`: those that were released too')
    .option('--json', 'as JSON')
    .addHelpText('after', help)
    .action(async (what: string, id: string | undefined, options: StopOptions, self: Command) => {
      const looking = what === 'list' || what === 'show' || options.preview === true;
      if (!looking && (options.reason?.trim() ?? '') === '')
        throw new UserError('Say why. Nothing was stopped yet.', 'Add `--reason "…"`; a few words do.');
      await using door = disposable(await open(self.optsWithGlobals()));
      const [value, words] =
        what === 'list' ? await list(door, options) : what === 'show' ? await show(door, id) : await act(door, what, options);
      terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
    });
}

type Said = readonly [value: unknown, words: string];

async function list({ stops }: StopsDoor, { all }: StopOptions): Promise<Said> {
  if (all) {
    const past = await stops.history(historyMax);
    return [past, historyText(past)];
  }
  const now = stops.current();
  if (now.unreadable) throw new UserError('The stops cannot be read, so everything counts as stopped.', 'Check the database.');
  return [now.stops, listText(now.stops)];
}

async function show({ stops }: StopsDoor, typed = ''): Promise<Said> {
  const found = await stops.show(typed.trim().toUpperCase());
  if (found) return [found, detailText(found)];
  throw new UserError(`There is no stop ${typed.slice(0, 40)}.`, 'See all of them with `trapkey stop list --all`.');
}

async function act({ stops, desk, claimed }: StopsDoor, what: string, options: StopOptions): Promise<Said> {
  const scope = await desk.resolve(what);
  const also = options.withConnectors ? desk.alsoOf(scope) : [];
  if (options.withConnectors && also.length === 0)
    throw new UserError('Only a plugin or a release has connectors to take along. Nothing was stopped.', 'Leave --with-connectors out.');
  if (options.preview) {
    const preview = await desk.preview(scope, also);
    return [preview, previewText(preview, options.mode)];
  }
  const untilMs = options.until === undefined ? undefined : momentOf(options.until);
  const { mode, reason = '', revoke } = options;
  const stop = await stops.engage({ scope, mode, by: claimed, reason, untilMs, also, revoke });
  return [stop, engagedText(stop, what, also.length)];
}

function momentOf(text: string): number {
  const ms = parseDurationMs(text);
  const at = ms === undefined ? Date.parse(text) : Date.now() + ms;
  if (Number.isFinite(at)) return at;
  throw new UserError(
    `\`${text.slice(0, 40)}\` is no time. Nothing was stopped.`,
    'Write 30m, 2h, or a moment such as 2026-08-01T18:00:00Z.',
  );
}
