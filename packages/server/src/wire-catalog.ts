import { remindOfReviews } from './catalog/releases/worker.ts';
import { watchCatalog } from './catalog/worker.ts';
import type { openGateway } from './gateway/gateway.ts';
import type { Alarm } from './kernel/alerts.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { OpenPolicy } from './policy/open.ts';
import type { Store } from './wire.ts';
import type { openDeciding } from './wire-deciding.ts';
import type { GovernedPolicy } from './wire-governed.ts';
import { releasesOver } from './wire-releases.ts';

/** Looks at what connections declare: at the start, when one is opened or says that it changed, and when policy leads elsewhere. */
export function watchConnections(parts: {
  readonly alarm: Alarm;
  readonly store: Pick<Store, 'database'>;
  readonly policy: Pick<OpenPolicy, 'current'>;
  readonly deciding: Pick<Awaited<ReturnType<typeof openDeciding>>, 'catalog' | 'pinned' | 'upstreams'>;
  readonly gateway: ReturnType<typeof openGateway>;
}) {
  const { alarm, store, policy, gateway } = parts;
  const { pinned, upstreams, catalog } = parts.deciding;
  const addresses = () => addressesOf(policy.current());
  let looked = addresses();
  const watching = watchCatalog({
    catalog,
    pinned,
    connections: () => [...addresses().keys()],
    definitions: upstreams.definitions,
    watch: store.database.watch,
    changed: (connection) => gateway.notifyListChanged(connection),
    unreachable: (connection, says) =>
      alarm(`Connection ${connection} could not be looked at: ${says}. What was pinned before stays.`, {
        ...{ kind: 'upstream_trouble', scope: `connection:${connection}` },
        ...connectorOf(policy.current(), connection),
      }),
  });
  upstreams.onOpened(watching.opened);
  upstreams.onChanged((change) => {
    if (change.kind === 'resource') gateway.notifyResourceUpdated(change.connection, change.uri ?? '', change.person);
    else {
      watching.lookSoon(change.connection);
      gateway.notifyListChanged(change.connection, change.kind);
    }
  });
  return {
    lookAtAll: watching.lookAtAll,
    stop: watching.stop,
    published(): void {
      const now = addresses();
      for (const [id, address] of now) {
        gateway.notifyListChanged(id);
        if (looked.get(id) !== address) watching.lookSoon(id);
      }
      looked = now;
    },
  };
}

/** Background work on releases; gives how to stop it. */
export function keepReleases(parts: {
  readonly store: Pick<Store, 'database' | 'recorder' | 'clock'>;
  readonly policy: Pick<GovernedPolicy, 'current' | 'refreshReleases'>;
  readonly alarm: Alarm;
  readonly notify: (connection: string) => void;
}): () => void {
  const { store, policy, alarm, notify } = parts;
  const unfollow = followReleases({ policy, watch: store.database.watch, notify });
  const unremind = remindReviews(store, policy.current, alarm);
  return () => {
    unfollow();
    unremind();
  };
}

/** Follows what any process does to releases: clients are told to list again, and find what is theirs now. */
function followReleases(parts: {
  readonly policy: Pick<GovernedPolicy, 'current' | 'refreshReleases'>;
  readonly watch: (changed: () => void) => () => void;
  readonly notify: (connection: string) => void;
}): () => void {
  const { policy, watch, notify } = parts;
  return watch(() => {
    const before = policy.current();
    const told = () => {
      const now = policy.current();
      if (before !== now && before.digest === now.digest) for (const id of now.connections.keys()) notify(id);
    };
    // What cannot be read is read again at the next change, and before every call that the latch turns back.
    policy.refreshReleases().then(told, () => undefined);
  });
}

/** Tells of releases in use whose review is due again; gives how to stop. */
function remindReviews(store: Pick<Store, 'database' | 'recorder' | 'clock'>, policy: () => PolicySet, alarm: Alarm): () => void {
  const reminding = remindOfReviews({
    list: releasesOver(store, policy).list,
    clock: store.clock,
    tell: ({ kind, id, version }, says) =>
      alarm(says, {
        ...{ kind: 'release_waits', scope: `review of ${kind}:${id}@${version}`, link: `/catalog/${kind}/${id}/${version}` },
        ...(kind === 'plugin' ? { plugin: id } : { connector: id }),
      }),
  });
  void reminding.look().catch(() => undefined);
  return reminding.stop;
}

/** A connector that stands on a connection: its owner is told. */
function connectorOf({ connectors }: Pick<PolicySet, 'connectors'>, connection: string): { readonly connector?: string } {
  const found = [...connectors.values()].find((one) => one.connection === connection);
  return found ? { connector: found.id } : {};
}

/** What each connection reaches, as text; those without an upstream are left out. */
function addressesOf({ connections }: Pick<PolicySet, 'connections'>): ReadonlyMap<string, string> {
  const reached = [...connections.values()].filter(({ upstream }) => upstream !== undefined);
  return new Map(reached.map(({ id, upstream, sampling }) => [id, JSON.stringify([upstream, sampling])]));
}
