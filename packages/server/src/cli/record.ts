import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { UserError } from '../kernel/errors.ts';
import type { RecordHouse, RecordReport, RecordTrust } from '../kernel/record-house.ts';
import type { Terminal } from './credential.ts';
import { listCommand, lookCommands, type Within } from './record-look.ts';
import { painted, reportText } from './record-text.ts';
import { whoReadCommand } from './record-who.ts';

/** What the commands about the record work with. Verifying a file needs neither a data folder nor a server. */
export interface RecordDoor {
  readonly open: (globals: Readonly<Record<string, unknown>>) => Promise<RecordHouse>;
  readonly verifyFile: (file: string, trust: RecordTrust) => Promise<RecordReport>;
}

interface Options {
  readonly json?: boolean;
  readonly key?: string;
  readonly checkpoint: readonly string[];
  readonly out?: string;
  readonly query?: string;
  readonly reason?: string;
}

const help = `
A query is words of the entries themselves: field:value, -field:value, since: and until:, and words in quotes.
The same field twice means either; different fields mean both.

Examples:
  $ trapkey record list plugin:sales-outreach verdict:hold tier:high since:24h '"acme.com"'
  $ trapkey record list --follow -- -verdict:allow
  $ trapkey record show trapkey:01JY6QK3W5ZB8N4T2V7XH0M9RD
  $ trapkey record explain 01JY6QK3W5ZB8N4T2V7XH0M9RD
  $ trapkey record checkpoint > head.txt                keep it somewhere else
  $ trapkey record export --out record.ndjson --reason "audit 2026"
  $ trapkey record verify record.ndjson --key key.txt --checkpoint head.txt

Exit codes: 0 all is well, 1 a problem was found, 2 wrong use, 3 the record cannot be reached.`;

/** `trapkey record list|show|verify|export|explain|checkpoint`. */
export function recordCommands(program: Command, door: RecordDoor, terminal: Terminal): void {
  const group = program.command('record').description('the record: look at it, export it, verify it').addHelpText('after', help);
  const paint = painted(terminal);
  const out = (text: string) => terminal.stdout.write(text);
  const within = async (self: Command, work: (house: RecordHouse) => Promise<void>) => {
    const house = await door.open(self.optsWithGlobals());
    try {
      await work(house);
    } finally {
      await house.close();
    }
  };
  listCommand(group, within, out, paint);
  lookCommands(group, within, out, paint);
  whoReadCommand(group, within, out, paint);
  exportCommands(group, within, terminal);
  group
    .command('verify [file]')
    .description('find every edit, deletion, insertion and reordering, in an export or in the stored record')
    .option('--key <file-or-key>', 'the public key that you trust: name+hash+base64, or a file with it')
    .option('--checkpoint <file>', 'a signed head kept elsewhere; may be repeated', collect, [])
    .option('--json', 'as JSON')
    .action(async (file: string | undefined, options: Options, self: Command) => {
      const checkpoints = await Promise.all(options.checkpoint.map(readText));
      if (file === undefined && options.key !== undefined)
        throw new UserError('--key goes with an export file.', 'The stored record is verified with its own key.');
      const publicKey =
        options.key === undefined ? undefined : (options.key.split('+').length >= 3 ? options.key : await readText(options.key)).trim();
      const show = (report: RecordReport) => {
        out(options.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, paint));
        if (!report.ok) process.exitCode = 1;
      };
      if (file !== undefined) show(await door.verifyFile(file, { publicKey, checkpoints }));
      else await within(self, async (house) => show(await house.verify({ checkpoints })));
    });
}

function exportCommands(group: Command, within: Within, terminal: Terminal): void {
  group
    .command('export')
    .description('write the record as NDJSON that an auditor can verify alone; that you did is recorded')
    .option('--out <file>', 'write to this new file instead of standard output')
    .option('--query <query>', 'show only what it finds; the rest as hashes, so that it still verifies')
    .option('--reason <text>', 'why; it stands in the record')
    .option('--json', 'changes nothing: an export is JSON')
    .action(async (options: Options, self: Command) => {
      await within(self, async (house) => {
        const order = {
          ...(options.query !== undefined && { query: options.query }),
          ...(options.reason !== undefined && { reason: options.reason }),
        };
        const lines = Readable.from(house.export(order));
        if (options.out === undefined) for await (const chunk of lines) terminal.stdout.write(chunk);
        else await pipeline(lines, createWriteStream(options.out, { flags: 'wx', mode: 0o600 })).catch(fileError(options.out));
      });
    });
  group
    .command('checkpoint')
    .description('sign the present head of the record and print it; keep it where nobody who can change the record can change it')
    .option('--json', 'as JSON, with the public key')
    .action(async (options: Options, self: Command) => {
      await within(self, async (house) => {
        const note = await house.checkpoint();
        terminal.stdout.write(options.json ? `${JSON.stringify({ checkpoint: note, public_key: house.publicKey }, null, 2)}\n` : note);
        if (!options.json) terminal.stderr.write(`Public key: ${house.publicKey}\n`);
      });
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

async function readText(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(fileError(file));
}

function fileError(file: string): (error: Error) => never {
  return (error) => {
    throw new UserError(`${file} cannot be read or written: ${error.message}`);
  };
}
