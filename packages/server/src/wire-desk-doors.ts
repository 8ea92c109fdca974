import type { Config } from './config.ts';
import { openGlassReviews } from './stages/gate/glass/act.ts';
import { alertsOver } from './wire-alerts.ts';
import { door, publishedPolicy } from './wire-doors.ts';
import { peopleAtTerminal } from './wire-terminal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export const alertsDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const policy = await publishedPolicy(config, env, store);
    return { alerts: alertsOver(store, policy.current), people: peopleAtTerminal(config, store, policy.current) };
  });

export const reviewsDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const { database, recorder, clock } = store;
    const policy = await publishedPolicy(config, env, store);
    return {
      reviews: openGlassReviews({ database, recorder, clock, policy: policy.current }),
      people: peopleAtTerminal(config, store, policy.current),
    };
  });
