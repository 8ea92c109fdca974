import { type LiveDirectory, openDirectory } from './access/scim/live.ts';
import { openStandings } from './catalog/releases/read.ts';
import { type Provisioned, withProvisioned } from './kernel/directory.ts';
import { RecordUnavailable } from './kernel/errors.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { OpenPolicy } from './policy/open.ts';
import type { Store } from './wire.ts';

/** A policy that says of each plugin and connector what the catalog says. */
export interface GovernedPolicy extends OpenPolicy {
  /** The same of another set. */
  readonly over: (set: PolicySet) => PolicySet;
  /** The generation of the latch as of which the catalog is known. */
  readonly releasesAsOf: () => number;
  /** Reads the catalog again. Rejects when it cannot be read: nobody decides under what may be over. */
  readonly refreshReleases: () => Promise<void>;
  /** The people whom an identity provider keeps here: they are part of the policy that decides. */
  readonly directory: LiveDirectory;
}

/** Lays the catalog over a policy, for a process that serves and for every command alike; the policy knows who is who here. */
export async function governed(
  open: (people: () => Provisioned) => Promise<OpenPolicy>,
  { database }: Pick<Store, 'database'>,
): Promise<GovernedPolicy> {
  const [standings, directory] = await Promise.all([openStandings({ database }), openDirectory(database)]);
  const policy = await open(directory.current);
  return {
    ...policy,
    current: () => standings.over(withProvisioned(policy.current(), directory.current())),
    directory,
    over: standings.over,
    releasesAsOf: standings.asOf,
    refreshReleases: () =>
      standings.reload().catch((error: unknown) => {
        throw new RecordUnavailable('the catalog cannot be read', { cause: error });
      }),
  };
}
