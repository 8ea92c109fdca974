import { batchState, changeChoice } from '@trapkey/contract/api/batches.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BatchFilter, ChangeFilter } from '../kernel/batch-desk.ts';
import { batchActCommands } from './batch-acts.ts';
import { type BatchDoor, type BatchOptions, type BatchParts, found, onBatch } from './batch-door.ts';
import { batchesText, changesText, detailText, summaryText } from './batch-text.ts';
import { disposable } from './connect.ts';

const listMax = 200;
const changesMax = 100;
/** Before the first number that a change can have. */
const firstOfAll = -1_000_000_000;

const help = `
A batch changes nothing until a person applies it. Marking and deciding need your own code or sign-in, and nobody does
either for what their own agent staged.

Examples:
  $ trapkey batch list
  $ trapkey batch show B-7F3Q9K2M4X
  $ trapkey batch sample B-7F3Q9K2M4X
  $ trapkey batch mark B-7F3Q9K2M4X 17 wrong --note "Acme is an A account"
  $ trapkey batch refuse B-7F3Q9K2M4X --reason "the list was last year's"
  $ trapkey batch apply B-7F3Q9K2M4X --as m.osei@corp.example
  $ trapkey batch show B-7F3Q9K2M4X --state unknown`;

/** `trapkey batch`, and what it does with one batch. */
export function batchCommands(program: Command, open: BatchParts['open'], terminal: BatchParts['terminal']): Command {
  const parts = { open, terminal };
  const group = program
    .command('batch')
    .description('staged changes: look at them, mark their sample, decide, apply')
    .addHelpText('after', help);
  group
    .command('list')
    .description('batches, newest first')
    .addOption(new Option('--state <state>', 'only these').choices(['waiting', 'all', ...batchState.options]).default('waiting'))
    .option('--json', 'as JSON')
    .action(async (options: BatchOptions, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const batches = await door.desk.list({ state: options.state as BatchFilter['state'], max: listMax });
      terminal.stdout.write(options.json ? `${JSON.stringify(batches, null, 2)}\n` : batchesText(batches));
    });
  looking(group, parts);
  batchActCommands(group, parts);
  return group;
}

function looking(group: Command, parts: BatchParts): void {
  group
    .command('show <batch>')
    .description('one batch with its totals and what its sample says; with --state some of its changes, which is recorded')
    .addOption(new Option('--state <state>', 'its changes that are in this state').choices(changeChoice.options))
    .option('--after <number>', 'changes after this one', wholeNumber)
    .option('--max <count>', 'at most so many changes', wholeNumber, changesMax)
    .option('--json', 'as JSON')
    .action(
      onBatch(parts, async (door, id, { state, after, max }) => {
        const batch = await found(door, id);
        if (state === undefined) {
          const detail = await door.desk.show(id, { ...door.claimed, roles: [] });
          return [detail, detailText(detail)];
        }
        const changes = await changesOf(door, id, {
          which: state as ChangeFilter['which'],
          after: after ?? firstOfAll,
          max: max ?? changesMax,
        });
        return [changes, `${summaryText(batch)}${changesText(changes)}`];
      }),
    );
  group
    .command('sample <batch>')
    .description('what was drawn by lot, in the order of the draw, and what is shown besides; that you read it is recorded')
    .option('--json', 'as JSON')
    .action(
      onBatch(parts, async (door, id) => {
        const detail = await door.desk.show(id, { ...door.claimed, roles: [] });
        const [sample, extra] = [
          await changesOf(door, id, { which: 'sample', after: 0, max: Math.max(1, detail.batch.sample) }),
          await changesOf(door, id, { which: 'extra', after: 0, max: changesMax }),
        ];
        const besides = extra.length === 0 ? '' : `\nShown beside the sample, and not counted:\n${changesText(extra)}`;
        return [{ ...detail, sample, extra }, `${detailText({ ...detail, proposal: null })}\n${changesText(sample)}${besides}`];
      }),
    );
}

async function changesOf({ desk, claimed }: BatchDoor, id: string, filter: ChangeFilter) {
  return await desk.changes(id, filter, claimed);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && /^-?\d+$/.test(text)) return number;
  throw new InvalidArgumentError('Write a whole number.');
}
