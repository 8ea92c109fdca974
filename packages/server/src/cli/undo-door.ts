import type { Command } from 'commander';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import type { UndoAct, Undos, UndoView } from '../kernel/undo.ts';
import { summaryJson } from '../kernel/undo-json.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';
import { undoText } from './undo-text.ts';

/** What the commands about undos work with; a gateway that serves does the work. */
export interface UndoDoor {
  readonly undos: Undos;
  readonly people: People;
  close(): Promise<void>;
}

/** Opens it for one command; `globals` are the options of the program itself. */
export type OpenUndoDoor = (globals: Readonly<Record<string, unknown>>) => Promise<UndoDoor>;

/** What each of them is given. */
export interface UndoParts {
  readonly open: OpenUndoDoor;
  readonly terminal: Terminal;
}

/** Options of the commands about undos. */
export interface UndoOptions extends CredentialOptions {
  readonly json?: boolean;
  readonly reason?: string;
  readonly since?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly wait?: boolean;
  readonly state?: string;
  readonly after?: number;
  readonly max?: number;
}

/** One act on one undo, by somebody who shows a credential. */
export function acting(
  command: Command,
  { open, terminal }: UndoParts,
  act: (door: UndoDoor, act: UndoAct, options: UndoOptions, words: readonly string[]) => Promise<UndoView>,
): Command {
  return takesCredential(command.option('--json', 'as JSON')).action(async (...given: unknown[]) => {
    const [self, options] = given.toReversed() as [Command, UndoOptions];
    const [typed = '', ...words] = given.slice(0, -2) as string[];
    await using door = disposable(await open(self.optsWithGlobals()));
    const by = await prove(door.people, options, terminal);
    say(terminal, options, await act(door, { undo: undoId(typed), by, via: 'cli' }, options, words));
  });
}

/** Shows an undo as it is. */
export function say(terminal: Terminal, options: Pick<UndoOptions, 'json'>, view: UndoView): void {
  terminal.stdout.write(options.json ? `${JSON.stringify(summaryJson(view), null, 2)}\n` : undoText(view));
}

/** The id as it is kept; throws where it is none. */
export function undoId(typed: string): string {
  const id = typed.trim().toUpperCase();
  if (/^U-[0-9A-Z]{10}$/.test(id)) return id;
  throw new UserError(`\`${typed.slice(0, 60)}\` is no id of an undo.`, 'They look like U-7F3Q9K2M4X; see `trapkey undo list`.');
}
