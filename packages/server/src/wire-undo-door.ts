import type { Config } from './config.ts';
import { door, publishedPolicy } from './wire-doors.ts';
import { peopleAtTerminal } from './wire-terminal.ts';
import { undosOver } from './wire-undo.ts';

/** The same for a command; whichever process serves looks, and takes back what was started. */
export const undosDoor = (config: Config, env: Readonly<Record<string, string | undefined>>) =>
  door(config, async (store) => {
    const policy = await publishedPolicy(config, env, store);
    return { undos: undosOver(store, policy.current), people: peopleAtTerminal(config, store, policy.current) };
  });
