import type { openAccess } from './access/intake.ts';
import { startAccess } from './access/worker.ts';
import { keepRecord } from './effects/record/worker.ts';
import type { openGateway } from './gateway/gateway.ts';
import type { Alarm } from './kernel/alerts.ts';
import { counted } from './kernel/counted.ts';
import { followPolicy } from './policy/worker.ts';
import { keepRuns } from './runs/lasting/worker.ts';
import { keepSeen } from './runs/provenance/worker.ts';
import { importStopFiles } from './stages/contain/file/worker.ts';
import { tendLimits } from './stages/contain/limits/worker.ts';
import { watchStops } from './stages/contain/worker.ts';
import { watchBatches } from './stages/gate/batches/worker.ts';
import { nudge } from './stages/gate/deciding/nudging.ts';
import { watchGrants } from './stages/gate/grants/worker.ts';
import { keepUnfinished } from './stages/gate/undo/unfinished-store.ts';
import { tendTickets } from './stages/gate/worker.ts';
import type { Store } from './wire.ts';
import { keepReleases, watchConnections } from './wire-catalog.ts';
import type { openDeciding } from './wire-deciding.ts';
import type { GovernedPolicy } from './wire-governed.ts';
import { serveStops } from './wire-stops.ts';
import { startUndos } from './wire-undo.ts';

/** How long an executing ticket of another process may be out before it counts as abandoned. */
const abandonedAfterMs = 10 * 60_000;

interface Working {
  readonly alarm: Alarm;
  readonly store: Store;
  readonly policy: GovernedPolicy;
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
  const { database, recorder, clock, keys, room } = store;
  const { stops, tickets, upstreams } = deciding;
  const spent = closeSpent(tickets, alarm);
  const alone = await database.claim();
  await spent(alone ? 0 : abandonedAfterMs);
  const ofRecord: Alarm = (says, about) => alarm(says, about ?? { kind: 'record_trouble', scope: 'record' });
  const record = await keepRecord({ database, recorder, keys, clock, alarm: ofRecord, room, closed: keepUnfinished });
  const unkeepReleases = keepReleases({ store, policy, alarm, notify: (connection) => gateway.notifyListChanged(connection) });
  const watching = watchConnections({ alarm, store, policy, deciding, gateway });
  const accessWork = startAccess({ access, recorder, clock, alarm });
  const unwatchAccess = database.watch(() => void access.refresh().catch(() => undefined));
  const unwatchTrees = database.watch(() => {
    deciding.witnesses.trees.refresh();
    void policy.directory.refresh().catch(() => undefined);
  });
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
  const untendLimits = tendLimits({ limits: deciding.limits, watch: database.watch, alarm });
  await deciding.batches.refresh();
  const unwatchBatches = watchBatches({ batches: deciding.batches, recorder, clock, watch: database.watch });
  const unwatchGrants = watchGrants({ grants: inMemory(deciding), watch: database.watch });
  const untend = tendTickets({
    tickets,
    watch: database.watch,
    nudge: () => nudge({ database, recorder, clock, policy: policy.current, announce: deciding.announce }),
  });
  const endUndos = await startUndos({ store, policy, deciding, alone, alarm: (says) => alarm(says) });
  const endMemory = keepMemory({ store, deciding });
  const following = followPolicy({ policy, database, onError: (error) => alarm(`The policy could not be looked at: ${String(error)}`) });
  const idle = setInterval(() => {
    upstreams.closeIdle();
    // A round that fails is tried again by the next.
    void spent(abandonedAfterMs).catch(() => undefined);
  }, 30_000);
  idle.unref();
  await Promise.all([watching.lookAtAll(), accessWork.ready]);
  return {
    published: watching.published,
    async stop() {
      clearInterval(idle);
      watching.stop();
      unkeepReleases();
      unwatchAccess();
      unwatchTrees();
      unwatchStops();
      await unserveStops();
      await stopImporting();
      await unwatchBatches();
      unwatchGrants();
      await endUndos();
      await untendLimits();
      untend();
      await following.stop();
      await accessWork.stop();
      await endMemory();
      await record.stop();
    },
  };
}

/** What is remembered of runs is written down, and what nobody asks about any more deleted. */
function keepMemory({ store, deciding }: Pick<Working, 'store' | 'deciding'>): () => Promise<void> {
  const endRuns = keepRuns({ runs: deciding.runs, recorder: store.recorder });
  const endSeen = keepSeen(store);
  return async () => {
    await endRuns();
    await endSeen();
  };
}

/** What a crash left executing is closed as unknown, and told. */
function closeSpent(tickets: Working['deciding']['tickets'], alarm: Alarm) {
  return async (olderThanMs: number): Promise<void> => {
    const left = await tickets.closeAbandoned(olderThanMs);
    if (left.length > 0)
      alarm(
        `${counted(left.length, 'ticket was', 'tickets were')} left executing, and closed as outcome unknown: ${left.join(', ')}. Nothing of it is run again. Look: trapkey approvals show <ticket>.`,
        { kind: 'outcome_unknown', scope: 'tickets' },
      );
  };
}

/** What deciding holds in memory of what people and audits change. */
function inMemory({ grants, levels }: Pick<Working['deciding'], 'grants' | 'levels'>) {
  return { refresh: async () => void (await Promise.all([grants.refresh(), levels.refresh()])) };
}
