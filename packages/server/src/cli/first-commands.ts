import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { doctorDoor } from '../wire-doctor.ts';
import { initPolicy } from '../wire-init.ts';
import { scanDoor } from '../wire-scan.ts';
import { wrapDoor } from '../wire-wrap.ts';
import type { Terminal } from './credential.ts';
import { doctorCommand } from './doctor.ts';
import { initCommand } from './init.ts';
import { scanCommand } from './scan.ts';
import { startCommand } from './start.ts';
import { upCommand } from './up.ts';
import { unwrapCommand, wrapCommand } from './wrap.ts';

/** Opens the settings of one command, with what the policy's variables stand for. */
type Policed = (globals: Readonly<Record<string, unknown>>) => readonly [Config, Readonly<Record<string, string | undefined>>];

/** What a newcomer runs first, in the order in which they would. */
export function firstCommands(root: Command, policed: Policed, terminal: Terminal): void {
  scanCommand(root, scanDoor(terminal.env), terminal);
  initCommand(root, (globals, choice) => initPolicy(...policed(globals), choice), terminal);
  wrapCommand(root, (globals) => wrapDoor(...policed(globals)), terminal);
  unwrapCommand(root, (globals) => wrapDoor(...policed(globals)), terminal);
  doctorCommand(root, (globals) => doctorDoor(...policed(globals)), terminal);
  upCommand(root, terminal);
  startCommand(root, terminal);
}
