import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { type UndoItemState, type UndoState, undoItemStates, undoStates } from '../kernel/undo.ts';
import { itemJson, summaryJson } from '../kernel/undo-json.ts';
import { disposable } from './connect.ts';
import type { Terminal } from './credential.ts';
import { asksFor, sinceMs } from './undo-asking.ts';
import { acting, type OpenUndoDoor, type UndoOptions, type UndoParts, undoId } from './undo-door.ts';
import { itemsText, undoText } from './undo-text.ts';

const help = `
What was done is taken back by calls of your own: the newest first, under the policy of now, in a run of its own. What
somebody else changed since is left as it is. Nothing is undone before you said yes.

Examples:
  $ trapkey undo call 01KAJ9ZC1M8Q4W6T2R5Y7P3N0B --reason "wrong account" --yes
  $ trapkey undo batch B-7F3Q9K2M4X --reason "wrong rule" --dry-run
  $ trapkey undo release sales@2.1.0 --since 2h --reason "it mixed up regions"
  $ trapkey undo show U-7F3Q9K2M4X --state conflict
  $ trapkey undo include U-7F3Q9K2M4X 17 --reason "checked with the owner"
  $ trapkey undo settle U-7F3Q9K2M4X 4 done --reason "the account shows its old tier"
  $ trapkey undo start U-7F3Q9K2M4X`;

/** `trapkey undo call|batch|run|release|list|show|include|start|pause|resume|abort|settle`, and `trapkey batch undo`. */
export function undoCommands(program: Command, open: OpenUndoDoor, terminal: Terminal): void {
  const parts: UndoParts = { open, terminal };
  const group = program
    .command('undo')
    .description('take back what was done: a call, a batch, a run, a release')
    .addHelpText('after', help);
  const what = { call: 'what one call changed', batch: 'every change of a batch', run: 'what a run changed, its batches too' } as const;
  for (const kind of ['call', 'batch', 'run'] as const)
    asksFor(group.command(`${kind} <id>`).description(what[kind]), parts, (id) => ({ kind, id: id.trim() }));
  asksFor(
    group
      .command('release <release>')
      .description('everything that a release changed since a time')
      .requiredOption('--since <time>', 'how long ago, such as 2h, or a time'),
    parts,
    (id, { since = '' }) => ({ kind: 'release', id: id.trim(), sinceMs: sinceMs(since, Date.now()) }),
  );
  looking(group, parts);
  acting(group.command('start <undo>').description('take back what can be, of one that was looked at'), parts, ({ undos }, act) =>
    undos.start(act),
  );
  acting(
    reasoned(group.command('include <undo>').description('overwrite one that was changed since, all the same').addArgument(number())),
    parts,
    ({ undos }, act, { reason = '' }, [n]) => undos.include({ ...act, n: Number(n), because: reason }),
  );
  acting(reasoned(group.command('pause <undo>').description('take no more back for now')), parts, ({ undos }, act, { reason = '' }) =>
    undos.pause({ ...act, reason }),
  );
  acting(group.command('resume <undo>').description('go on with one that is paused'), parts, ({ undos }, act) => undos.resume(act));
  acting(
    reasoned(group.command('abort <undo>').description('end it: what was not taken back stays')),
    parts,
    ({ undos }, act, { reason = '' }) => undos.abort({ ...act, reason }),
  );
  acting(
    reasoned(
      group
        .command('settle <undo>')
        .description('say what became of one of which nobody knows, after you looked at the record itself')
        .addArgument(number())
        .addArgument(new Argument('<outcome>', 'what became of it').choices(['done', 'not_done'])),
    ),
    parts,
    ({ undos }, act, { reason = '' }, [n, said]) => undos.settle({ ...act, n: Number(n), as: said as 'done' | 'not_done', reason }),
  );
  const batch = program.commands.find((command) => command.name() === 'batch') ?? program.command('batch');
  asksFor(batch.command('undo <batch>').description('take its changes back; as `trapkey undo batch`'), parts, (id) => ({
    kind: 'batch',
    id: id.trim(),
  }));
}

function looking(group: Command, { open, terminal }: UndoParts): void {
  const print = (options: UndoOptions, value: unknown, words: string) =>
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
  group
    .command('list')
    .description('undos, newest first')
    .addOption(new Option('--state <state>', 'only these').choices(['open', 'all', ...Object.keys(undoStates)]).default('all'))
    .option('--json', 'as JSON')
    .action(async (options: UndoOptions, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const undos = await door.undos.list({ state: (options.state ?? 'all') as UndoState | 'open' | 'all', max: 100 });
      print(options, undos.map(summaryJson), undos.length === 0 ? 'Nothing was undone yet.\n' : undos.map(undoText).join('\n'));
    });
  group
    .command('show <undo>')
    .description('one of them, with its changes, the newest first')
    .addOption(new Option('--state <state>', 'only changes in this state').choices(['all', ...Object.keys(undoItemStates)]).default('all'))
    .option('--after <number>', 'changes after this one', whole, 0)
    .option('--max <number>', 'so many', whole, 50)
    .option('--json', 'as JSON')
    .action(async (typed: string, options: UndoOptions, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const id = undoId(typed);
      const state = (options.state ?? 'all') as UndoItemState | 'all';
      const items = await door.undos.items(id, { state, after: options.after ?? 0, max: Math.min(1_000, options.max ?? 50) });
      const view = await door.undos.find(id);
      if (view) print(options, { ...summaryJson(view), changes: items.map(itemJson) }, `${undoText(view)}${itemsText(items)}`);
    });
}

function reasoned(command: Command): Command {
  return command.requiredOption('--reason <reason>', 'why; it is kept in the record');
}

function number(): Argument {
  return new Argument('<number>', 'number of the change').argParser(whole);
}

function whole(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number.');
}
