import type { Config } from './config.ts';
import type { Alarm } from './kernel/alerts.ts';
import type { Provisioned } from './kernel/directory.ts';
import { type OpenPolicy, openPolicy } from './policy/open.ts';
import type { Store } from './wire.ts';
import { liveGrantsOf } from './wire-blast.ts';

/** The policy that runs, and whom to tell when another does. */
export async function servedPolicy(
  {
    config,
    env,
    alarm,
  }: {
    readonly config: Config;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly alarm: Alarm;
  },
  store: Store,
  people: () => Provisioned,
  published: () => void,
): Promise<OpenPolicy> {
  const { database, recorder, clock } = store;
  return await openPolicy({
    database,
    recorder,
    env,
    clock,
    people,
    folder: config.policyFolder,
    grants: liveGrantsOf(store),
    onAlarm: ({ says, problems }) =>
      alarm(
        [says, ...problems.map((one) => `  ${one.file}:${one.line}: ${one.says}`)].join('\n'),
        // A folder that does not check leaves an entry, which is read for the alert.
        problems.length > 0 ? 'no alert' : { kind: 'policy_refused', scope: 'policy of a node' },
      ),
    onPublished: (says) => {
      alarm(says, 'no alert');
      published();
    },
  });
}
