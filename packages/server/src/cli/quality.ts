import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Command } from 'commander';
import { counted } from '../kernel/counted.ts';
import { UserError } from '../kernel/errors.ts';
import { parseIJson } from '../kernel/ijson.ts';
import type { People } from '../kernel/people.ts';
import type { ApprovalQuality, Quality } from '../kernel/quality.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the commands about deciding well work with. */
export interface QualityDoor {
  readonly quality: Quality;
  readonly people: People;
  close(): Promise<void>;
}

interface Options extends CredentialOptions {
  readonly json?: boolean;
  readonly days?: string;
  readonly plugin?: string;
  readonly for?: string;
  readonly arguments?: string;
  readonly reach?: string;
}

/** `trapkey approvals quality` and `trapkey drill`. */
export function qualityCommands(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<QualityDoor>,
  terminal: Terminal,
): void {
  const approvals = program.commands.find((command) => command.name() === 'approvals') ?? program.command('approvals');
  const say = (options: Options, value: unknown, words: string) =>
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
  approvals
    .command('quality')
    .description('by rule: how often it asks, how often it is granted, and how fast; and what came of drills')
    .option('--days <number>', 'of the last so many days', '30')
    .option('--json', 'as JSON')
    .action(async (options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const quality = await door.quality.read(wholeNumber(options.days ?? '30', '--days'));
      say(options, quality, qualityText(quality));
    });
  const drill = program
    .command('drill <connector.tool>')
    .description('ask for an approval that can never run, to see whether people look; the result is in `approvals quality`')
    .requiredOption('--plugin <plugin>', 'as if from this plugin')
    .requiredOption('--for <person>', 'as if this person had asked')
    .option('--arguments <json>', 'what it would send', '{}')
    .option('--reach <number>', 'how many it would reach')
    .option('--json', 'as JSON');
  takesCredential(drill).action(async (named: string, options: Options, self: Command) => {
    const [connector = '', ...tool] = named.split('.');
    await using door = disposable(await open(self.optsWithGlobals()));
    const by = await prove(door.people, options, terminal);
    const reach = options.reach === undefined ? null : wholeNumber(options.reach, '--reach');
    const wish = {
      person: options.for ?? '',
      plugin: options.plugin ?? '',
      connector,
      tool: tool.join('.'),
      arguments: argumentsOf(options),
      reach,
    };
    const ticket = await door.quality.drill({ ...wish, by, via: 'cli' });
    say(options, { ticket }, `Seeded ${ticket}. It looks like any other and never runs.\n`);
  });
}

function argumentsOf({ arguments: text = '{}' }: Options): JsonObject {
  const parsed = parseIJson(text);
  if (parsed.ok && typeof parsed.value === 'object' && parsed.value !== null && !Array.isArray(parsed.value))
    return parsed.value as JsonObject;
  throw new UserError('--arguments is a JSON object.');
}

function wholeNumber(text: string, option: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new UserError(`${option} is a whole number from 1.`);
}

function qualityText({ days, rules, drills, more }: ApprovalQuality): string {
  const share = (part: number, whole: number) => (whole === 0 ? '-' : `${Math.round((part / whole) * 100)} %`);
  const lines = rules.map(({ rule, asks, granted, refused, undecided, medianMs, underThreeSeconds, laterUndone }) => {
    const decided = granted + refused;
    const median = medianMs === undefined ? 'nothing decided' : `median ${Math.round(medianMs / 1_000)} s`;
    return `${rule}\n  asked ${counted(asks, 'time', 'times')}; granted ${share(granted, decided)} of ${decided} decided; ${undecided} undecided; ${median}; under 3 s ${share(underThreeSeconds, decided)}; ${laterUndone} undone later\n`;
  });
  const drilled =
    drills.asks === 0
      ? ''
      : `Drills: ${drills.asks}, of which ${drills.granted} granted, ${drills.refused} refused, ${drills.undecided} undecided.\n`;
  const none = rules.length === 0 ? `Nobody was asked in the last ${counted(days, 'day', 'days')}.\n` : '';
  return `${none}${lines.join('')}${drilled}${more ? 'There were more tickets; these are the newest.\n' : ''}`;
}
