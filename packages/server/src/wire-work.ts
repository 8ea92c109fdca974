import type { openAccess } from './access/intake.ts';
import { startAccess } from './access/worker.ts';
import { watchCatalog } from './catalog/worker.ts';
import { keepRecord } from './effects/record/worker.ts';
import type { openGateway } from './gateway/gateway.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { OpenPolicy } from './policy/open.ts';
import { followPolicy } from './policy/worker.ts';
import { importStopFiles } from './stages/contain/file/worker.ts';
import { watchStops } from './stages/contain/worker.ts';
import { nudge } from './stages/gate/deciding/nudging.ts';
import { watchGrants } from './stages/gate/grants/worker.ts';
import { tendTickets } from './stages/gate/worker.ts';
import type { Store } from './wire.ts';
import type { openDeciding } from './wire-deciding.ts';
import { serveStops } from './wire-stops.ts';

/** How long an executing ticket of another process may be out before it counts as abandoned. */
const abandonedAfterMs = 10 * 60_000;

interface Working {
  readonly alarm: (says: string) => void;
  readonly store: Store;
  readonly policy: OpenPolicy;
  readonly deciding: Awaited<ReturnType<typeof openDeciding>>;
  readonly gateway: ReturnType<typeof openGateway>;
  readonly access: ReturnType<typeof openAccess>;
}

/** Background work that runs. */
export interface Work {
  /** Another policy runs: what it connects to for the first time is looked at, so that it can be offered. */
  published(): void;
  stop(): Promise<void>;
}

/** Background work, in the order in which it must be ready before the door opens. */
export async function startWork({ alarm, store, policy, deciding, gateway, access }: Working): Promise<Work> {
  const { database, recorder, clock } = store;
  const { stops, tickets, pinned, upstreams, catalog } = deciding;
  const spent = async (olderThanMs: number): Promise<void> => {
    const left = await tickets.closeAbandoned(olderThanMs);
    if (left.length > 0)
      alarm(
        `${left.length} tickets were left executing and are closed as outcome unknown: ${left.join(', ')}. They are not run again. Look at each: trapkey approvals show <ticket>.`,
      );
  };
  await spent((await database.claim()) ? 0 : abandonedAfterMs);
  const record = await keepRecord({ database, recorder, keys: store.keys, clock, alarm, room: store.room });
  const addresses = () => addressesOf(policy.current());
  let looked = addresses();
  const watching = watchCatalog({
    catalog,
    pinned,
    connections: () => [...addresses().keys()],
    definitions: upstreams.definitions,
    watch: database.watch,
    changed: (connection) => gateway.notifyListChanged(connection),
    unreachable: (connection, says) => alarm(`Connection ${connection} could not be looked at: ${says}. What was pinned before stays.`),
  });
  upstreams.onChanged((change) => {
    if (change.kind === 'resource') gateway.notifyResourceUpdated(change.connection, change.uri ?? '', change.person);
    else {
      watching.lookSoon(change.connection);
      gateway.notifyListChanged(change.connection, change.kind);
    }
  });
  const accessWork = startAccess({ access, recorder, clock, alarm });
  const unwatchAccess = database.watch(() => void access.refresh().catch(() => undefined));
  const unwatchTrees = database.watch(() => deciding.witnesses.trees.refresh());
  const unwatchStops = watchStops({ stops, watch: database.watch });
  const stopImporting = importStopFiles({ files: deciding.stopFiles, stops, recorder, clock, alarm });
  const unserveStops = await serveStops({
    store,
    stops,
    policy: policy.current,
    notifyListChanged: gateway.notifyListChanged,
    closeIdle: upstreams.closeIdle,
    alarm,
  });
  const unwatchGrants = watchGrants({ grants: deciding.grants, watch: database.watch });
  const untend = tendTickets({
    tickets,
    watch: database.watch,
    nudge: () => nudge({ database, recorder, clock, policy: policy.current, announce: deciding.announce }),
  });
  const following = followPolicy({ policy, database, onError: (error) => alarm(`The policy could not be looked at: ${String(error)}`) });
  const idle = setInterval(() => {
    upstreams.closeIdle();
    // A round that fails is tried again by the next.
    void spent(abandonedAfterMs).catch(() => undefined);
  }, 30_000);
  idle.unref();
  await Promise.all([watching.lookAtAll(), accessWork.ready]);
  return {
    published() {
      const now = addresses();
      for (const [id, address] of now) {
        gateway.notifyListChanged(id);
        if (looked.get(id) !== address) watching.lookSoon(id);
      }
      looked = now;
    },
    async stop() {
      clearInterval(idle);
      watching.stop();
      unwatchAccess();
      unwatchTrees();
      unwatchStops();
      await unserveStops();
      await stopImporting();
      unwatchGrants();
      untend();
      await following.stop();
      await accessWork.stop();
      await record.stop();
    },
  };
}

/** What each connection reaches, as text; those without an upstream are left out. */
function addressesOf({ connections }: Pick<PolicySet, 'connections'>): ReadonlyMap<string, string> {
  const reached = [...connections.values()].filter(({ upstream }) => upstream !== undefined);
  return new Map(reached.map(({ id, upstream, sampling }) => [id, JSON.stringify([upstream, sampling])]));
}
