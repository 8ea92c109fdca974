import type { Command } from 'commander';
import type { CatalogDoor, DefinitionDiff, DefinitionView } from '../kernel/catalog.ts';
import type { People } from '../kernel/people.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the commands about definitions work with; no server needs to run. */
export interface CatalogCommandDoor {
  readonly catalog: CatalogDoor;
  readonly people: People;
  close(): Promise<void>;
}

/** Opens it for one command; `globals` are the options of the program itself. */
export type OpenCatalogDoor = (globals: Readonly<Record<string, unknown>>) => Promise<CatalogCommandDoor>;

interface Options extends CredentialOptions {
  readonly json?: boolean;
}

const help = `
Tools, prompts and resources are pinned as first seen. What changes later is not offered, and calls to it are refused,
until an administrator accepted it with their own code. What a scan finds to speak to the model waits from the first look on.

Releases of plugins go from proposed over in review and canary to approved; deprecated and revoked end them.

Examples:
  $ trapkey catalog list
  $ trapkey catalog diff crm
  $ trapkey catalog accept crm search_contacts --as m.osei@corp.example
  $ trapkey catalog propose ./sales-outreach --as m.osei@corp.example
  $ trapkey catalog show sales-outreach@2.1.0`;

/** `trapkey catalog list|diff|accept`. */
export function catalogCommands(program: Command, open: OpenCatalogDoor, terminal: Terminal): Command {
  const group = program
    .command('catalog')
    .description('releases of plugins and connectors, and the definitions that are pinned')
    .addHelpText('after', help);
  const say = (options: Options, value: unknown, words: string) =>
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);

  group
    .command('list')
    .description('every definition and how it stands')
    .argument('[connection]')
    .option('--json', 'as JSON')
    .action(async (connection: string | undefined, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const found = await door.catalog.list(connection);
      say(
        options,
        found,
        found.length === 0 ? 'Nothing is pinned yet: `trapkey up` looks at the upstreams.\n' : found.map(lineOf).join(''),
      );
    });

  group
    .command('diff')
    .description('what waits for review: reviewed, and as it is now')
    .argument('[connection]')
    .argument('[name]')
    .option('--json', 'as JSON')
    .action(async (connection: string | undefined, name: string | undefined, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const found = await door.catalog.diff(connection, name);
      say(options, found, found.length === 0 ? 'Nothing waits for review.\n' : found.map(diffText).join('\n'));
    });

  const accept = group
    .command('accept')
    .description('review done: this is the definition from now on')
    .argument('<connection>')
    .argument('[name]');
  takesCredential(accept.option('--json', 'as JSON')).action(
    async (connection: string, name: string | undefined, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      // What is accepted is shown before the code is asked for.
      terminal.stderr.write((await door.catalog.diff(connection, name)).map(diffText).join('\n'));
      const by = await prove(door.people, options, terminal);
      const accepted = await door.catalog.accept({ connection, name, by });
      say(options, accepted, `Accepted ${accepted.length} of ${connection} as ${by.person}.\n`);
    },
  );
  return group;
}

function lineOf({ connection, kind, name, state, digest }: DefinitionView): string {
  return `${state.padEnd(11)} ${kind.padEnd(8)} ${connection}.${printable(name)}  ${digest?.slice(0, 19) ?? ''}\n`;
}

/** Line by line, so that two versions of a long schema can be compared by eye. */
function diffText(diff: DefinitionDiff): string {
  const before = linesOf(diff.reviewed);
  const after = linesOf(diff.now);
  const lost = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const gained = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  const words = diff.changes.map(({ says, weight }) => `${weight === 'high' ? '!' : ' '} ${printable(says)}`);
  const speaks = diff.findings.map(({ severity, at, says, excerpt }) => `! ${severity}: ${printable(at)} ${says}: ${printable(excerpt)}`);
  const head = `${diff.state} ${diff.kind} ${diff.connection}.${printable(diff.name)}`;
  return `${[head, ...words, ...speaks, ...lost, ...gained].join('\n')}\n`;
}

function linesOf(json: string | undefined): readonly string[] {
  return json === undefined ? [] : JSON.stringify(JSON.parse(json), null, 2).split('\n').map(printable);
}

/** An upstream wrote it: nothing in it may speak to the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{C}]/gu, (char) => `<U+${(char.codePointAt(0) ?? 0).toString(16)}>`);
}
