import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import type { StopFilesDesk, StopKeys, StopKeyView } from '../kernel/stop-files.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the commands about keys and stop files work with. */
export interface StopFilesDoor {
  readonly keys: StopKeys;
  readonly files: StopFilesDesk;
  readonly people: People;
  close(): Promise<void>;
}

/** Opens it for one command; `globals` are the options of the program itself. */
export type OpenStopFilesDoor = (globals: Readonly<Record<string, unknown>>) => Promise<StopFilesDoor>;

/** A new pair of keys, made where the operator is. */
export type NewPair = () => { readonly id: string; readonly publicKey: string; readonly privateKey: string };

const help = `
The private half is made and kept by the operator, never on a gateway; a gateway holds public halves only.

Examples:
  $ trapkey stop key new --out operator.pem
  $ trapkey stop key add m.osei@corp.example --public operator.pem.pub
  $ trapkey stop key list
  $ trapkey stop key remove 5f0c1e2d3a4b5c6d`;

/** The `stop` command, which others hang subcommands on; its own options may stand before or after theirs. */
export function stopOf(program: Command): Command {
  const stop = program.commands.find((command) => command.name() === 'stop');
  if (!stop) throw new Error('`stop` comes before what hangs on it');
  return stop;
}

/** `trapkey stop key new|add|list|remove`: who may sign stop files. */
export function stopKeyCommands(program: Command, open: OpenStopFilesDoor, newPair: NewPair, terminal: Terminal): void {
  const key = stopOf(program).command('key').description("operators' keys, which stop files are signed with").addHelpText('after', help);
  const json = (self: Command) => self.optsWithGlobals()['json'] === true;
  const say = (self: Command, value: unknown, words: string) =>
    terminal.stdout.write(json(self) ? `${JSON.stringify(value, null, 2)}\n` : words);
  key
    .command('new')
    .description('make a pair; needs no gateway')
    .requiredOption('--out <file>', 'where the private half goes; the public half goes beside it, as <file>.pub')
    .option('--json', 'as JSON')
    .action(async ({ out }: { readonly out: string }, self: Command) => {
      const pair = newPair();
      await create(out, pair.privateKey, 0o600);
      await create(`${out}.pub`, pair.publicKey, 0o644);
      const words = `Key ${pair.id}: keep ${out} away from every gateway; have an administrator register ${out}.pub:\n  trapkey stop key add <your id> --public ${out}.pub\n`;
      say(self, { id: pair.id, private: out, public: `${out}.pub` }, words);
    });
  takesCredential(key.command('add'))
    .description("register the public half of an operator's key; by an administrator")
    .argument('<person>', 'whose key it is: what it signs, they did')
    .requiredOption('--public <file>', 'the public half, PEM')
    .option('--json', 'as JSON')
    .action(async (person: string, options: CredentialOptions & { readonly public: string }, self: Command) => {
      const publicKey = await readText(options.public);
      await using door = disposable(await open(self.optsWithGlobals()));
      const added = await door.keys.add({ person, publicKey, by: await prove(door.people, options, terminal) });
      say(self, added, `Registered key ${added.id} of ${added.person}.\n`);
    });
  key
    .command('list')
    .description('registered keys, and removed ones')
    .option('--json', 'as JSON')
    .action(async (_options: unknown, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const keys = await door.keys.list();
      say(self, keys, keys.length === 0 ? 'No key is registered: no stop file would be believed.\n' : keys.map(line).join(''));
    });
  takesCredential(key.command('remove'))
    .description('stop believing a key; by an administrator. What it signed before stays stopped')
    .argument('<id>')
    .option('--json', 'as JSON')
    .action(async (id: string, options: CredentialOptions, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const removed = await door.keys.remove({ id: id.trim().toLowerCase(), by: await prove(door.people, options, terminal) });
      say(self, removed, `Removed key ${removed.id} of ${removed.person}.\n`);
    });
}

/** Never over a file that is there: it may be somebody's only key. */
async function create(file: string, text: string, mode: number): Promise<void> {
  await writeFile(file, text, { mode, flag: 'wx' }).catch((error: unknown) => {
    throw new UserError(
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'Choose another name with --out.',
    );
  });
}

async function readText(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => {
    throw new UserError(`${file} cannot be read. Nothing was changed.`);
  });
}

function line({ id, person, addedBy, addedAtMs, removedAtMs }: StopKeyView): string {
  const removed = removedAtMs === undefined ? '' : `  removed ${new Date(removedAtMs).toISOString()}`;
  return `${id}  ${person}  since ${new Date(addedAtMs).toISOString()} by ${addedBy}${removed}\n`;
}
