import type { Config } from './config.ts';
import { door, publishedPolicy } from './wire-doors.ts';
import { releasesOver } from './wire-releases.ts';
import { peopleAtTerminal } from './wire-terminal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The catalog of releases for one command; no server needs to run. */
export const releasesDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const policy = await publishedPolicy(config, env, store);
    return { releases: releasesOver(store, policy.current), people: peopleAtTerminal(config, store, policy.current) };
  });
