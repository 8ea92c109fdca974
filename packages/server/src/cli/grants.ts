import { type Command, Option } from 'commander';
import { parseDurationMs } from '../kernel/duration.ts';
import { UserError } from '../kernel/errors.ts';
import type { Grants, GrantView } from '../kernel/grants.ts';
import type { People } from '../kernel/people.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the commands about grants work with; no server needs to run. */
export interface GrantsDoor {
  readonly grants: Grants;
  readonly people: People;
  close(): Promise<void>;
}

export type OpenGrantsDoor = (globals: Readonly<Record<string, unknown>>) => Promise<GrantsDoor>;

interface Options extends CredentialOptions {
  readonly json?: boolean;
  readonly state?: GrantView['state'] | 'all';
  readonly unused?: string;
  readonly from?: string;
  readonly bounds?: string;
  readonly reach?: string;
  readonly count?: string;
  readonly period?: string;
  readonly expires?: string;
  readonly because?: string;
  readonly everyone?: boolean;
  readonly reason?: string;
}

const help = `
A grant is a standing approval of one tool of one release, as it was reviewed. Another release or definition does not
inherit it, and a rule with \`grants: never\` has none.

Examples:
  $ trapkey grants make --from TK-7F3Q9K2M4X --count 20 --period 1d --expires 30d --because "routine follow-ups"
  $ trapkey grants make --from TK-7F3Q9K2M4X --bounds 'args.list == "spring" && reach <= 50' --count 5 --expires 7d --because "…"
  $ trapkey grants list --unused 30d
  $ trapkey grants revoke G-7F3Q9K2M4X --reason "campaign is over"`;

/** `trapkey grants list|make|review|revoke`. */
export function grantsCommands(program: Command, open: OpenGrantsDoor, terminal: Terminal): void {
  const group = program.command('grants').description('standing approvals: make, list, review and revoke them').addHelpText('after', help);
  const say = (options: Options, value: unknown, words: string) =>
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
  group
    .command('list')
    .description('grants, newest first, with what was used of them')
    .addOption(new Option('--state <state>', 'only these').choices(['live', 'expired', 'revoked', 'all']).default('live'))
    .option('--unused <time>', 'only those that nobody used for this long, such as 30d')
    .option('--json', 'as JSON')
    .action(async (options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const unused = options.unused === undefined ? {} : { unusedSinceMs: Date.now() - duration(options.unused, '--unused') };
      const grants = await door.grants.list({ state: options.state ?? 'live', ...unused });
      say(options, grants, grants.length === 0 ? 'No grants.\n' : grants.map(grantText).join('\n'));
    });
  const make = group
    .command('make')
    .description('from a ticket that you approved; without --bounds it covers exactly the same arguments')
    .requiredOption('--from <ticket>', 'the ticket')
    .option('--bounds <expression>', 'CEL over args, reach, amount, destination, person and now')
    .option('--reach <number>', 'the most that one call may reach; what the ticket reached when left out')
    .requiredOption('--count <number>', 'how often')
    .option('--period <time>', 'in which time; over its whole life when left out')
    .requiredOption('--expires <time>', 'when it ends, such as 30d')
    .requiredOption('--because <reason>', 'why; whoever reviews it reads this')
    .option('--everyone', 'for whoever uses the release, not only the person of the ticket')
    .option('--json', 'as JSON');
  takesCredential(make).action(async (options: Options, self: Command) => {
    await using door = disposable(await open(self.optsWithGlobals()));
    const by = await prove(door.people, options, terminal);
    const grant = await door.grants.make({ ...wishOf(options), by, via: 'cli' });
    say(options, grant, `Made ${grant.id}.\n${grantText(grant)}`);
  });
  takesCredential(group.command('review <grant>').description('it was looked at and may stay').option('--json', 'as JSON')).action(
    async (id: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const by = await prove(door.people, options, terminal);
      const grant = await door.grants.review({ grant: id.trim().toUpperCase(), by, via: 'cli' });
      say(options, grant, `Reviewed ${grant.id}.\n`);
    },
  );
  const revoke = group.command('revoke <grant>').description('it ends at once').option('--json', 'as JSON');
  takesCredential(revoke.requiredOption('--reason <reason>', 'why')).action(async (id: string, options: Options, self: Command) => {
    await using door = disposable(await open(self.optsWithGlobals()));
    const by = await prove(door.people, options, terminal);
    const grant = await door.grants.revoke({ grant: id.trim().toUpperCase(), by, via: 'cli', reason: options.reason ?? '' });
    say(options, grant, `Revoked ${grant.id}. The next such call asks a person again.\n`);
  });
}

function wishOf(options: Options) {
  return {
    ticket: (options.from ?? '').trim().toUpperCase(),
    bounds: options.bounds,
    reachMax: options.reach === undefined ? undefined : number(options.reach, '--reach'),
    count: number(options.count ?? '', '--count'),
    periodMs: options.period === undefined ? undefined : duration(options.period, '--period'),
    expiresInMs: duration(options.expires ?? '', '--expires'),
    because: options.because ?? '',
    forEveryone: options.everyone,
  };
}

function grantText(grant: GrantView): string {
  const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
  const period = grant.periodMs === undefined ? '' : ` per ${grant.periodMs / 3_600_000} h`;
  const reach = grant.reachMax === undefined ? 'any reach' : `reach up to ${grant.reachMax}`;
  const used = grant.lastUsedAtMs === undefined ? 'never used' : `last used ${day(grant.lastUsedAtMs)} UTC`;
  const reviewed = grant.reviewedAtMs === undefined ? 'not reviewed yet' : `reviewed ${day(grant.reviewedAtMs)} UTC`;
  return `${grant.id}  ${grant.state}  ${grant.plugin}@${grant.version} ${grant.connector}.${grant.tool} for ${grant.person ?? 'everyone'}
  ${grant.used} of ${grant.countMax}${period} used; ${used}; ${reach}; until ${day(grant.expiresAtMs)} UTC
  where ${grant.bounds}
  ${JSON.stringify(grant.because)}: ${grant.madeBy}, owner ${grant.owner}; ${reviewed}
`;
}

function duration(text: string, option: string): number {
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new UserError(`${option} is a whole number and a unit: 30s, 5m, 1h, 7d.`);
}

function number(text: string, option: string): number {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  throw new UserError(`${option} is a whole number from 1.`);
}
