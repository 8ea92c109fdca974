import { type Command, Option } from 'commander';
import type { People } from '../kernel/people.ts';
import type { GlassReviews, GlassUse } from '../kernel/reviews.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the commands about reviews work with; no server needs to run. */
export interface ReviewsDoor {
  readonly reviews: GlassReviews;
  readonly people: People;
  close(): Promise<void>;
}

interface Options extends CredentialOptions {
  readonly json?: boolean;
  readonly state?: 'due' | 'all';
  readonly note?: string;
}

const help = `
Who breaks the glass acts alone, so somebody else looks at it afterwards. Until then an alert comes back every day.

Examples:
  $ trapkey reviews list
  $ trapkey reviews done TK-7F3Q9K2M4X --note "the release was on fire; the rule now lets on-call do this"`;

/** `trapkey reviews list|done`. */
export function reviewsCommands(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<ReviewsDoor>,
  terminal: Terminal,
): void {
  const group = program
    .command('reviews')
    .description('what was let run alone in an emergency, and who looked at it')
    .addHelpText('after', help);
  const say = (options: Options, value: unknown, words: string) =>
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
  group
    .command('list')
    .description('uses of break-glass, the newest first')
    .addOption(new Option('--state <state>', 'only these').choices(['due', 'all']).default('due'))
    .option('--json', 'as JSON')
    .action(async (options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const uses = await door.reviews.list({ state: options.state ?? 'due' });
      say(options, uses, uses.length === 0 ? 'Nothing waits for a review.\n' : uses.map(text).join('\n'));
    });
  const done = group.command('done <ticket>').description('you looked at it').option('--json', 'as JSON');
  takesCredential(done.requiredOption('--note <note>', 'what you looked at, and what comes of it')).action(
    async (id: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const by = await prove(door.people, options, terminal);
      const use = await door.reviews.review({ ticket: id.trim().toUpperCase(), by, note: options.note ?? '', via: 'cli' });
      say(options, use, `Reviewed ${use.ticket} as ${by.person}.\n`);
    },
  );
}

function text({ ticket, by, atMs, reason, sentence, state, review }: GlassUse): string {
  const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const reviewed = review === undefined ? 'not reviewed yet' : `${review.person}, ${at(review.atMs)}: ${JSON.stringify(review.note)}`;
  return `${ticket}  ${state}  ${by} alone, ${at(atMs)}${reason === undefined ? '' : `, because ${JSON.stringify(reason)}`}\n  ${sentence}\n  ${reviewed}\n`;
}
