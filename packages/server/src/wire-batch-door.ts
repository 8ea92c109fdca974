import type { Config } from './config.ts';
import { batchesOver } from './wire-batch-desk.ts';
import { claimed, door, publishedPolicy } from './wire-doors.ts';
import { stopsOver } from './wire-stops.ts';
import { peopleAtTerminal } from './wire-terminal.ts';

/** What the commands about batches work with. */
export const batchDoor = (config: Config, env: Readonly<Record<string, string | undefined>>) =>
  door(config, async (store) => {
    const policy = await publishedPolicy(config, env, store);
    const stops = await stopsOver({ store, policy: policy.current });
    return { ...batchesOver(store, policy, stops), people: peopleAtTerminal(config, store, policy.current), claimed: claimed() };
  });
