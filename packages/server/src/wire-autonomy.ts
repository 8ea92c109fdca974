import type { Config } from './config.ts';
import type { PolicySet } from './kernel/rules.ts';
import { openAutonomyDoor } from './stages/gate/autonomy/act.ts';
import { openAutonomyDesk } from './stages/gate/autonomy/desk.ts';
import type { Store } from './wire.ts';
import { door, publishedPolicy } from './wire-doors.ts';
import { peopleAtTerminal } from './wire-terminal.ts';

/** What audits and undos tell of a workflow, in the transaction of what they do. */
export function autonomyDoorOver({ database, clock }: Pick<Store, 'database' | 'clock'>, policy: () => PolicySet) {
  return openAutonomyDoor({ database, clock, policy });
}

/** What people may do with levels, under the running policy. */
export function autonomyOver({ database, recorder, clock }: Store, policy: () => PolicySet) {
  return openAutonomyDesk({ database, recorder, clock, policy });
}

/** The same for a command; no server needs to run. */
export const autonomyDoor = (config: Config, env: Readonly<Record<string, string | undefined>>) =>
  door(config, async (store) => {
    const policy = await publishedPolicy(config, env, store);
    return { autonomy: autonomyOver(store, policy.current), people: peopleAtTerminal(config, store, policy.current) };
  });
