import { type Command, Option } from 'commander';
import { UserError } from '../kernel/errors.ts';
import type { Limits, LimitUse, TripView } from '../kernel/limits.ts';
import type { People } from '../kernel/people.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the commands about limits work with; no server needs to run. */
export interface LimitsDoor {
  readonly limits: Limits;
  readonly people: People;
  close(): Promise<void>;
}

interface Options extends CredentialOptions {
  readonly json?: boolean;
  readonly state?: 'open' | 'all';
  readonly reason?: string;
}

const usesMax = 1_000;

const help = `
A limit that is used up trips: what it stands on is stopped until its owner or an administrator resets it, or until it
re-arms where its rule says so. A reset starts the count anew.

Examples:
  $ trapkey limits list
  $ trapkey limits list --state all --json
  $ trapkey limits show L-2K7Q9M4X3F
  $ trapkey limits reset L-2K7Q9M4X3F --as m.osei@corp.example --reason "looked at the run; the import was meant"`;

/** `trapkey limits list|show|reset`. */
export function limitsCommands(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<LimitsDoor>,
  terminal: Terminal,
): void {
  const group = program
    .command('limits')
    .description('budgets and breakers: what is used, what tripped; reset what tripped')
    .addHelpText('after', help);
  const say = (options: Options, value: unknown, words: string) =>
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
  group
    .command('list')
    .description('what tripped, and how much of each limit is used')
    .addOption(new Option('--state <state>', 'trips: open ones, or all').choices(['open', 'all']).default('open'))
    .option('--json', 'as JSON')
    .action(async (options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const [trips, limits] = await Promise.all([
        door.limits.trips({ state: options.state ?? 'open' }),
        door.limits.uses({ max: usesMax }),
      ]);
      say(
        options,
        { trips, limits },
        `${trips.length === 0 ? 'Nothing tripped.\n' : trips.map(tripText).join('')}${limits.map(useText).join('')}`,
      );
    });
  group
    .command('show <trip>')
    .description('one trip: what met it, what it stopped, who reset it and why')
    .option('--json', 'as JSON')
    .action(async (id: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const trip = (await door.limits.trips({ state: 'all' })).find((one) => one.id === id.trim().toUpperCase());
      if (!trip) throw new UserError(`There is no trip ${id.slice(0, 40)}.`, 'See what tripped with `trapkey limits list --state all`.');
      say(options, trip, `${tripText(trip)}${detailText(trip)}`);
    });
  const reset = group.command('reset <trip>').description('it works again, and its count starts anew').option('--json', 'as JSON');
  takesCredential(reset.requiredOption('--reason <reason>', 'why; kept in the record')).action(
    async (id: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const by = await prove(door.people, options, terminal);
      const trip = await door.limits.reset({ trip: id.trim().toUpperCase(), by, reason: options.reason ?? '' });
      say(options, trip, `Reset ${trip.id}: ${trip.who} goes on, with a count of its own.\n`);
    },
  );
}

function tripText(trip: TripView): string {
  const at = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  const state =
    trip.resetAtMs !== undefined
      ? `reset ${at(trip.resetAtMs)} UTC by ${trip.resetBy ?? ''}`
      : trip.rearmAtMs !== undefined
        ? `open until ${at(trip.rearmAtMs)} UTC`
        : 'open';
  return `${trip.id}  ${state}  ${trip.measure} ${trip.text} for ${trip.who}; ${trip.mode}; tripped ${at(trip.atMs)} UTC (${trip.rule})\n`;
}

function detailText(trip: TripView): string {
  const facts = [
    ['used', `${trip.used} of ${trip.max}${trip.lost > 0 ? `, ${trip.lost} of them in blocks that a process lost` : ''}`],
    ['person', trip.person],
    ['call', trip.call],
    ['run', trip.run],
    ['stop', trip.stop],
    ['request', trip.request],
    ['owner', trip.owner],
    ['reason', trip.resetReason],
  ] as const;
  return facts.flatMap(([name, value]) => (value === undefined ? [] : `  ${name.padEnd(8)}${value}\n`)).join('');
}

function useText({ who, rule, measure, text, used, max, open }: LimitUse): string {
  const money = measure === 'spend_usd' || measure === 'amount' ? 1_000_000 : 1;
  return `${open ? 'OPEN  ' : '      '}${used / money} of ${max / money}  ${text}  ${who}  (${rule})\n`;
}
