import { createInterface } from 'node:readline/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { parseDurationMs } from '../kernel/duration.ts';
import { UserError } from '../kernel/errors.ts';
import type { UndoScope, UndoView } from '../kernel/undo.ts';
import { disposable } from './connect.ts';
import { prove, type Terminal, takesCredential } from './credential.ts';
import { say, type UndoDoor, type UndoOptions, type UndoParts } from './undo-door.ts';
import { undoText } from './undo-text.ts';

const lookEveryMs = 250;
/** Nothing moved for so long: then no gateway serves, or none gets on. */
const patienceMs = 60_000;

/** Adds what each command takes that asks for an undo, and does it: looks, says what can be undone, and starts it on a yes. */
export function asksFor(command: Command, parts: UndoParts, scopeOf: (typed: string, options: UndoOptions) => UndoScope): Command {
  const options = command
    .requiredOption('--reason <reason>', 'why; it is kept in the record')
    .option('--dry-run', 'only say what can be undone')
    .option('--yes', 'start it without asking')
    .option('--no-wait', 'do not wait until it has ended')
    .option('--json', 'as JSON');
  return takesCredential(options).action(async (typed: string, given: UndoOptions, self: Command) => {
    const { terminal } = parts;
    await using door = disposable(await parts.open(self.optsWithGlobals()));
    const by = await prove(door.people, given, terminal);
    const asked = await door.undos.ask({ scope: scopeOf(typed, given), reason: given.reason ?? '', by, via: 'cli' });
    const looked = await settled(door, asked, ['looking'], terminal);
    if (given.dryRun || looked.state !== 'looked' || (looked.counts.possible ?? 0) === 0) return say(terminal, given, looked);
    if (!given.yes) {
      terminal.stderr.write(undoText(looked));
      if (!(await saysYes(terminal, looked.counts.possible ?? 0))) return say(terminal, given, looked);
    }
    const started = await door.undos.start({ undo: looked.id, by, via: 'cli' });
    say(terminal, given, given.wait === false ? started : await settled(door, started, ['undoing'], terminal));
  });
}

/** Waits while it is in one of these states and something moves. */
async function settled(
  { undos }: Pick<UndoDoor, 'undos'>,
  first: UndoView,
  states: readonly UndoView['state'][],
  terminal: Terminal,
): Promise<UndoView> {
  let [view, movedAtMs] = [first, Date.now()];
  while (states.includes(view.state)) {
    await pause(lookEveryMs);
    const now = (await undos.find(first.id)) ?? view;
    if (JSON.stringify(now.counts) !== JSON.stringify(view.counts)) movedAtMs = Date.now();
    view = now;
    if (Date.now() - movedAtMs > patienceMs) {
      terminal.stderr.write(`Nothing moves. A gateway that serves does the work: is \`trapkey up\` running? It goes on when one is.\n`);
      process.exitCode = 1;
      break;
    }
  }
  return view;
}

async function saysYes({ stdin, stderr }: Terminal, changes: number): Promise<boolean> {
  if (stdin.isTTY !== true) return false;
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const said = await lines.question(`Type ${changes} to undo ${changes === 1 ? 'this change' : `these ${changes} changes`}: `);
    return said.trim() === String(changes);
  } finally {
    lines.close();
  }
}

/** `2h`, or a time as RFC 3339; throws in words where it is neither. */
export function sinceMs(text: string, nowMs: number): number {
  const lastsMs = parseDurationMs(text);
  const atMs = lastsMs === undefined ? Date.parse(text) : nowMs - lastsMs;
  if (Number.isFinite(atMs) && atMs <= nowMs) return atMs;
  throw new UserError('--since is how long ago (30m, 2h, 7d) or a time such as 2026-11-21T09:00:00Z.');
}
