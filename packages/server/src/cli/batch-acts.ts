import type { BatchSummary } from '@trapkey/contract/api/batches.ts';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import type { BatchAct } from '../kernel/batch-desk.ts';
import { actOnBatch, type BatchDoor, type BatchOptions, type BatchParts } from './batch-door.ts';
import { takesCredential } from './credential.ts';

/** `trapkey batch mark|approve|refuse|apply|pause|resume|abort|settle`. */
export function batchActCommands(group: Command, parts: BatchParts): void {
  const mark = group
    .command('mark <batch>')
    .description('say of one change whether it is right; one that is wrong returns the whole batch')
    .addArgument(changeNumber())
    .addArgument(new Argument('<mark>', 'what it is').choices(['right', 'wrong']))
    .option('--note <note>', 'why; needed where it is wrong: the agent and the owner read it');
  onChange(mark, parts, (door, act, n, said, { note = '' }) => door.desk.mark({ ...act, n, mark: said as 'right' | 'wrong', note }));
  const approve = group
    .command('approve <batch>')
    .description('approve the whole, where its size or effects ask for it; or all the same, where it was returned')
    .option('--reason <reason>', 'why; needed where it was returned');
  simple(approve, parts, { letsGo: true }, (door, act, { reason = '' }, { state, wrong }) =>
    door.desk.approve({ ...act, reason, seen: { state, wrong } }),
  );
  simple(
    reasoned(group.command('refuse <batch>').description('end it; nothing of it happens'), 'the agent and its person read it'),
    parts,
    {},
    (door, act, { reason = '' }) => door.desk.refuse({ ...act, reason }),
  );
  simple(
    group.command('apply <batch>').description('make its changes, step by step; a gateway that serves does it'),
    parts,
    { letsGo: true },
    (door, act) => door.applying.apply(act),
  );
  simple(reasoned(group.command('pause <batch>').description('make no more of it for now')), parts, {}, (door, act, { reason = '' }) =>
    door.applying.pause({ ...act, reason }),
  );
  simple(group.command('resume <batch>').description('go on with one that is paused'), parts, { letsGo: true }, (door, act) =>
    door.applying.resume(act),
  );
  simple(
    reasoned(group.command('abort <batch>').description('end it in the middle: what was made stays made')),
    parts,
    {},
    (door, act, { reason = '' }) => door.applying.abort({ ...act, reason }),
  );
  const settle = group
    .command('settle <batch>')
    .description('say what became of a change of which nobody knows, after you looked at the record itself')
    .addArgument(changeNumber())
    .addArgument(new Argument('<outcome>', 'what became of it').choices(['done', 'not_done']));
  onChange(reasoned(settle, 'how you know'), parts, (door, act, n, said, { reason = '' }) =>
    door.applying.settle({ ...act, n, as: said as 'done' | 'not_done', reason }),
  );
}

function simple(
  command: Command,
  parts: BatchParts,
  { letsGo = false }: { readonly letsGo?: boolean },
  act: (door: BatchDoor, act: BatchAct, options: BatchOptions, before: BatchSummary) => Promise<unknown>,
): void {
  takesCredential(command.option('--json', 'as JSON')).action(
    async (typed: string, options: BatchOptions, self: Command) =>
      await actOnBatch(parts, { typed, options, self, letsGo }, (door, how, before) => act(door, how, options, before)),
  );
}

function onChange(
  command: Command,
  parts: BatchParts,
  act: (door: BatchDoor, act: BatchAct, n: number, said: string, options: BatchOptions) => Promise<unknown>,
): void {
  takesCredential(command.option('--json', 'as JSON')).action(
    async (typed: string, n: number, said: string, options: BatchOptions, self: Command) =>
      await actOnBatch(parts, { typed, options, self }, (door, how) => act(door, how, n, said, options)),
  );
}

function reasoned(command: Command, who = 'kept in the record'): Command {
  return command.requiredOption('--reason <reason>', `why; ${who}`);
}

function changeNumber(): Argument {
  return new Argument('<number>', 'number of the change').argParser((text) => {
    const number = Number(text);
    if (Number.isSafeInteger(number) && /^\d+$/.test(text)) return number;
    throw new InvalidArgumentError('Write a whole number.');
  });
}
