import { type Command, Option } from 'commander';
import type { AlertDelivery, Alerts, AlertView } from '../kernel/alerts.ts';
import { parseDurationMs } from '../kernel/duration.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the commands about alerts work with; no server needs to run. */
export interface AlertsDoor {
  readonly alerts: Alerts;
  readonly people: People;
  close(): Promise<void>;
}

export type OpenAlertsDoor = (globals: Readonly<Record<string, unknown>>) => Promise<AlertsDoor>;

interface Options extends CredentialOptions {
  readonly json?: boolean;
  readonly state?: Parameters<Alerts['list']>[0]['state'];
  readonly reason?: string;
  readonly for?: string;
}

const help = `
What happens again and again about one thing is one alert: told once, then counted, and told again at ten times as often.
Where alerts go is written in the policy: \`alerts\` of the organization.

Examples:
  $ trapkey alerts list
  $ trapkey alerts show A-7F3Q9K2M4X
  $ trapkey alerts ack A-7F3Q9K2M4X --reason "looking at it"
  $ trapkey alerts mute A-7F3Q9K2M4X --for 8h --reason "known, a fix is on its way"
  $ trapkey alerts resolve A-7F3Q9K2M4X --reason "the plugin was mended"`;

/** `trapkey alerts list|show|ack|resolve|mute`. */
export function alertsCommands(program: Command, open: OpenAlertsDoor, terminal: Terminal): void {
  const group = program.command('alerts').description('what somebody was told of, and whether it reached them').addHelpText('after', help);
  const say = (options: Options, value: unknown, words: string) =>
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
  group
    .command('list')
    .description('alerts, the newest first, and whether somebody was reached')
    .addOption(
      new Option('--state <state>', 'only these').choices(['unresolved', 'open', 'acknowledged', 'resolved', 'all']).default('unresolved'),
    )
    .option('--json', 'as JSON')
    .action(async (options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const alerts = await door.alerts.list({ state: options.state ?? 'unresolved' });
      say(options, alerts, alerts.length === 0 ? 'No alerts.\n' : alerts.map(lineOf).join('\n'));
    });
  group
    .command('show <alert>')
    .description('one alert with every message about it')
    .option('--json', 'as JSON')
    .action(async (id: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const alert = await door.alerts.show(id.trim().toUpperCase());
      if (!alert) throw new UserError(`There is no alert ${id.slice(0, 40)}.`, 'See them with `trapkey alerts list --state all`.');
      say(
        options,
        alert,
        `${lineOf(alert)}${alert.facts.map((fact) => `  ${fact}\n`).join('')}${alert.deliveries.map(deliveryLine).join('')}`,
      );
    });
  for (const [name, verb, description] of [
    ['ack', 'acknowledge', 'somebody is at it: it is counted on, and nobody is told again'],
    ['resolve', 'resolve', 'it is over; the next time opens it again'],
    ['mute', 'mute', 'nobody is told of it for a while'],
  ] as const) {
    const command = group.command(`${name} <alert>`).description(description).option('--json', 'as JSON');
    if (name === 'mute') command.requiredOption('--for <time>', 'how long, such as 8h; at most 30d');
    takesCredential(command.requiredOption('--reason <reason>', 'why')).action(async (id: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const by = await prove(door.people, options, terminal, 'session');
      const act = { alert: id.trim().toUpperCase(), by, reason: options.reason ?? '', via: 'cli' };
      const alert = verb === 'mute' ? await door.alerts.mute({ ...act, forMs: duration(options.for ?? '') }) : await door.alerts[verb](act);
      say(options, alert, lineOf(alert));
    });
  }
}

const reached: Readonly<Record<AlertView['delivery'], string>> = {
  none: 'nobody is told: the policy has no `alerts` for it',
  muted: 'muted',
  waiting: 'not delivered yet',
  delivered: 'delivered',
  given_up: 'NOT DELIVERED, and given up: trapkey messages list',
};

function lineOf(alert: AlertView): string {
  const { id, state, title, scope, says, count, lastAtMs, owner, mutedUntilMs, by, reason } = alert;
  const muted = mutedUntilMs === undefined ? '' : `; muted until ${minute(mutedUntilMs)}`;
  const who = by === undefined ? '' : `  ${by}: ${JSON.stringify(reason ?? '')}\n`;
  const owned = owner === undefined ? '' : `; owner ${owner}`;
  return `${id}  ${state}  ${title}: ${scope}
  ${says}
  ${count === 1 ? 'once' : `${count} times`}, last ${minute(lastAtMs)}; ${reached[alert.delivery]}${muted}${owned}
${who}`;
}

function deliveryLine({ channel, event, state, attempts, atMs, error }: AlertDelivery): string {
  const why = error === undefined ? '' : `: ${error}`;
  const tried = attempts === 1 ? 'tried once' : `tried ${attempts} times`;
  return `  ${minute(atMs)}  ${event} by ${channel}: ${state.replace('_', ' ')}, ${tried}${why}\n`;
}

function minute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function duration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new UserError('--for is a whole number and a unit: 30m, 8h, 7d. Nothing was changed.');
}
