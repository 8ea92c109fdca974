import type { BatchSummary } from '@trapkey/contract/api/batches.ts';
import type { Command } from 'commander';
import type { Acting, ProvenPerson } from '../kernel/approvals.ts';
import type { BatchAct, BatchApplying, BatchDesk } from '../kernel/batch-desk.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import { summaryText } from './batch-text.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal } from './credential.ts';

/** What the commands about batches work with; no server needs to run. */
export interface BatchDoor {
  readonly desk: BatchDesk;
  readonly applying: BatchApplying;
  readonly people: People;
  /** Who the operating system says runs the command: good enough to be named as a reader, never to decide. */
  readonly claimed: Acting;
  close(): Promise<void>;
}

/** Opens it for one command; `globals` are the options of the program itself. */
export type OpenBatchDoor = (globals: Readonly<Record<string, unknown>>) => Promise<BatchDoor>;

/** Options of the commands about batches. */
export interface BatchOptions extends CredentialOptions {
  readonly json?: boolean;
  readonly state?: string;
  readonly after?: number;
  readonly max?: number;
  readonly note?: string;
  readonly reason?: string;
}

/** What the commands about one batch are given. */
export interface BatchParts {
  readonly open: OpenBatchDoor;
  readonly terminal: Terminal;
}

/** One command on one batch that changes nothing: opens the door, looks, and says what there is. */
export function onBatch(
  { open, terminal }: BatchParts,
  look: (door: BatchDoor, id: string, options: BatchOptions) => Promise<readonly [value: unknown, words: string]>,
) {
  return async (typed: string, options: BatchOptions, self: Command): Promise<void> => {
    await using door = disposable(await open(self.optsWithGlobals()));
    const [value, words] = await look(door, batchId(typed), options);
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
  };
}

/** One act on one batch: shows it, asks for the credential that the act needs, does it, and says how it stands then. */
export async function actOnBatch(
  { open, terminal }: BatchParts,
  on: { readonly typed: string; readonly options: BatchOptions; readonly self: Command; readonly letsGo?: boolean },
  act: (door: BatchDoor, act: BatchAct, before: BatchSummary) => Promise<unknown>,
): Promise<void> {
  await using door = disposable(await open(on.self.optsWithGlobals()));
  const id = batchId(on.typed);
  const before = await found(door, id);
  terminal.stderr.write(summaryText(before));
  // What cannot be taken back, or was found wrong, goes on by a code just shown and no session.
  const need = on.letsGo && (before.tier === 'high' || before.state === 'returned') ? 'code' : 'session';
  const by: ProvenPerson = await prove(door.people, on.options, terminal, need);
  await act(door, { batch: id, by, via: 'cli' }, before);
  const after = await found(door, id);
  terminal.stdout.write(on.options.json ? `${JSON.stringify(after, null, 2)}\n` : `As ${by.person}. ${summaryText(after)}`);
}

/** The batch of this id, or the sentence that there is none. */
export async function found({ desk }: BatchDoor, id: string): Promise<BatchSummary> {
  const batch = await desk.find(id);
  if (batch) return batch;
  throw new UserError(`There is no batch ${id}.`, 'See them with `trapkey batch list --state all`.');
}

/** The id of a batch as people type it. */
function batchId(typed: string): string {
  const id = typed.trim().toUpperCase();
  if (/^B-[0-9A-Z]{10}$/.test(id)) return id;
  throw new UserError('That is not the id of a batch.', 'Ids look like B-7F3Q9K2M4X; see them with `trapkey batch list --state all`.');
}
