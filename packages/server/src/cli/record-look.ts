import { type Command, InvalidArgumentError } from 'commander';
import { UserError } from '../kernel/errors.ts';
import type { RecordHouse } from '../kernel/record-house.ts';
import { entriesText, entryText, explanationText, type Paint } from './record-text.ts';

interface Options {
  readonly json?: boolean;
  readonly limit: number;
  readonly before?: number;
  readonly follow?: boolean;
}

/** Opens the record for one command and closes it, however that ends. */
export type Within = (self: Command, work: (house: RecordHouse) => Promise<void>) => Promise<void>;
/** Where a command writes. */
export type Out = (text: string) => void;

/** `trapkey record list`. */
export function listCommand(group: Command, within: Within, out: Out, paint: Paint): void {
  group
    .command('list [query...]')
    .description('entries, newest first')
    .option('--limit <count>', 'at most so many', wholeNumber, 50)
    .option('--before <entry>', 'go on below this entry', wholeNumber)
    .option('--follow', 'wait for new entries and show them as they come, oldest first')
    .option('--json', 'as NDJSON, one entry a line')
    .allowUnknownOption()
    .action(async (words: readonly string[], options: Options, self: Command) => {
      const query = words.join(' ');
      const mistyped = words.find((word) => word.startsWith('--'));
      if (mistyped !== undefined) throw new UserError(`${mistyped} is no option of this command.`, 'See: trapkey record list --help');
      await within(self, async (house) => {
        const text = (entries: Parameters<typeof entriesText>[0]) =>
          options.json ? entries.map((entry) => `${JSON.stringify(entry)}\n`).join('') : entriesText(entries, paint);
        if (options.follow) {
          const end = new AbortController();
          process.once('SIGINT', () => end.abort());
          for await (const entry of house.follow(query, undefined, end.signal)) out(text([entry]));
          return;
        }
        const page = await house.list(query, { limit: options.limit, ...(options.before !== undefined && { before: options.before }) });
        out(text(page.entries));
        if (!options.json && page.next !== undefined) out(paint.dim(`more: --before ${page.next}\n`));
        if (!options.json && page.entries.length === 0) out('No entry matches.\n');
      });
    });
}

/** `trapkey record show|explain`. */
export function lookCommands(group: Command, within: Within, out: Out, paint: Paint): void {
  const missing = (id: string) =>
    new UserError(`There is nothing recorded as ${id}.`, 'Give the number of an entry, the id of a call, or a citation trapkey:<call>.');
  group
    .command('show <entry-or-call>')
    .description('one entry, or everything recorded of a call; takes citations')
    .option('--json', 'as JSON')
    .action(async (id: string, options: Options, self: Command) => {
      await within(self, async (house) => {
        const shown = await house.show(id);
        if (!shown) throw missing(id);
        out(options.json ? `${JSON.stringify(shown, null, 2)}\n` : shown.entries.map((entry) => entryText(entry, paint)).join('\n'));
      });
    });
  group
    .command('explain <call>')
    .description('why a call was answered as it was, and what would have stopped it')
    .option('--json', 'as JSON')
    .action(async (id: string, options: Options, self: Command) => {
      await within(self, async (house) => {
        const explained = await house.explain(id);
        if (!explained) throw missing(id);
        out(options.json ? `${JSON.stringify(explained, null, 2)}\n` : explanationText(explained, paint));
      });
    });
}

function wholeNumber(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError('It is a whole number.');
  return Number(value);
}
