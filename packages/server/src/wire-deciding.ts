import { join, relative } from 'node:path';
import { builtinConnectors } from './builtin.ts';
import { openCatalog } from './catalog/act.ts';
import { withClientTools } from './catalog/client-tools.ts';
import { openPinnedCatalog } from './catalog/read.ts';
import type { Config } from './config.ts';
import { openUpstreams } from './effects/execute/pool.ts';
import { openUsual } from './effects/record/usual-read.ts';
import { withEntitledRows } from './effects/screen/entitled.ts';
import { screenWith } from './effects/screen/screen.ts';
import type { AutonomyReader } from './kernel/autonomy.ts';
import type { DefinitionReader } from './kernel/readers.ts';
import type { Stops } from './kernel/stops.ts';
import type { Frame } from './pipeline/frame.ts';
import { handleWith } from './pipeline/handle.ts';
import { judgeWith } from './pipeline/judge.ts';
import { offerWith } from './pipeline/offer.ts';
import { pipeline } from './pipeline/pipeline.ts';
import { readBackWith } from './pipeline/read-back.ts';
import { compileBounds } from './policy/cel/bounds.ts';
import type { OpenPolicy } from './policy/open.ts';
import { openProvenance } from './runs/provenance/act.ts';
import { openRuns } from './runs/read.ts';
import { withCanaryDefinitions } from './stages/contain/rehearsal/canary.ts';
import { openTickets } from './stages/gate/act.ts';
import { openAutonomyDoor } from './stages/gate/autonomy/act.ts';
import { openAutonomy } from './stages/gate/autonomy/read.ts';
import { openBatches } from './stages/gate/batches/door.ts';
import { openGrants } from './stages/gate/grants/read.ts';
import { openUndoDoor } from './stages/gate/undo/door.ts';
import { version } from './version.ts';
import type { Store } from './wire.ts';
import { raiseInOver } from './wire-alerts.ts';
import { executeWithCanary } from './wire-canary.ts';
import { type Credentials, credentialsOver } from './wire-credentials.ts';
import { dataBoundary } from './wire-data.ts';
import type { GovernedPolicy } from './wire-governed.ts';
import { hooksOver, witnessesOf } from './wire-hooks.ts';
import { limitsOver } from './wire-limits.ts';
import { definitionLint } from './wire-lint.ts';
import { announceOver } from './wire-messages.ts';
import { stopFilesOf } from './wire-stop-folder.ts';
import { stopsOver } from './wire-stops.ts';
import { tableJudge } from './wire-tables.ts';

/** Everything that decides and runs calls, opened over one store and one policy. */
export async function openDeciding(
  config: Config,
  store: Store,
  policy: Pick<GovernedPolicy, 'current' | 'refreshReleases' | 'releasesAsOf'>,
  alarm: (says: string) => void = () => undefined,
) {
  const { database, recorder, clock, keys } = store;
  const opened = await openParts(config, store, policy, alarm);
  const { stops, tickets, runs, pinned, grants, batches } = opened;
  const limits = await limitsOver({ store, policy, stops, alarm, raise: raiseInOver(store) });
  const boundary = dataBoundary({ store, policy, stops });
  const credentials = credentialsOver(store, policy.current);
  const upstreams = upstreamsOf(config, store, policy, { stops, credentials, pinned });
  const provenance = await openProvenance({ database, clock, key: keys.names, policy: policy.current });
  const witnesses = witnessesOf(store, policy, tickets, provenance);
  const definitions = withCanaryDefinitions(withClientTools(pinned, policy.current));
  const moment = momentOf(policy, opened.levels);
  const frame: Frame = {
    stages: pipeline({
      runs,
      stops,
      definitions,
      checkers: [],
      grants,
      recipientsDigest: tickets.recipientsDigest,
      limits: limits.reader,
      look: boundary.look,
      tables: tableJudge(policy.current),
    }),
    moment,
    recorder,
    tickets,
    batches,
    grants,
    levels: opened.levels,
    usual: openUsual({ database }),
    memory: boundary.memory,
    quarantine: boundary.quarantine,
    execute: executeWithCanary(upstreams.execute),
    screen: withEntitledRows(screenWith()),
    checkers: new Map(),
    limits,
    refreshStops: async () => void (await Promise.all([(stops as Stops).refresh(), limits.refresh(), policy.refreshReleases()])),
    stopSignal: stops.signalFor,
    runs,
    definitions,
    locate: witnesses.locate,
    provenance,
    clock,
    stopwatch: () => performance.now(),
    probeTimeoutMs: config.limits.probeTimeoutMs,
    probesMax: config.limits.probesMax,
    redecideMax: config.limits.redecideMax,
  };
  const offer = offerWith({ moment, clock, reading: runs, definitions, stops });
  return {
    ...opened,
    limits,
    upstreams,
    credentials,
    handle: handleWith(frame),
    judge: judgeWith(frame),
    readBack: readBackWith(frame),
    offer,
    witnesses,
    provenance,
    hooks: hooksOver({ store, policy, witnesses, frame }),
    catalog: openCatalog({ database, recorder, clock, lint: definitionLint }),
  };
}

/** Batches of staged changes, and what takes back what was made. */
function batchesOf({ database, keys, clock, payloads }: Store, { current }: Pick<GovernedPolicy, 'current'>) {
  const autonomy = openAutonomyDoor({ database, clock, policy: current });
  return openBatches({ database, keys, policy: current, clock, unseal: payloads.unsealMany, undo: openUndoDoor({ clock, autonomy }) });
}

/** What deciding asks while it runs, each read for the first time. */
async function openParts(config: Config, store: Store, policy: Pick<GovernedPolicy, 'current'>, alarm: (says: string) => void) {
  const { database, recorder, clock, keys, payloads } = store;
  const stopFiles = stopFilesOf(config, store, policy, alarm);
  const announce = announceOver(store, policy);
  const [stops, tickets, runs, pinned, grants, levels] = await Promise.all([
    stopsOver({ store, policy: policy.current, local: stopFiles }),
    openTickets({ database, recorder, keys, clock, policy: policy.current, unseal: payloads.unseal, announce }),
    openRuns({ database, clock }),
    openPinnedCatalog({ database }),
    openGrants({ database, clock, compileBounds }),
    openAutonomy(database),
  ]);
  return { batches: batchesOf(store, policy), stopFiles, announce, stops, tickets, runs, pinned, grants, levels };
}

/** The policy and organization of this moment, and the levels that were lowered. */
function momentOf(policy: Pick<GovernedPolicy, 'current' | 'releasesAsOf'>, autonomy: AutonomyReader) {
  return () => {
    const current = policy.current();
    return { policy: current, organization: current.organization, autonomy, releasesAsOf: policy.releasesAsOf() };
  };
}

function upstreamsOf(
  config: Config,
  store: Store,
  policy: Pick<OpenPolicy, 'current'>,
  parts: { readonly stops: Pick<Stops, 'current'>; readonly credentials: Credentials; readonly pinned: DefinitionReader },
) {
  const { stops, credentials, pinned } = parts;
  return openUpstreams({
    bearer: credentials.bearer,
    changed: (connection, { method, params }) =>
      method === 'tools/call' && pinned.find(connection, method, String(params['name'])) === 'changed',
    kinds: builtinConnectors,
    policy: policy.current,
    limits: config.limits,
    homesFolder: join(config.data, 'homes'),
    // A folder within the data folder is hidden with it.
    hiddenFolders: [config.data, ...(within(config.data, config.stopFilesFolder) ? [] : [config.stopFilesFolder])],
    client: { clientName: 'trapkey', clientVersion: version },
    withheld: (connection) => stops.current().stops.some(({ scope }) => scope.kind === 'credential' && scope.id === connection),
    clock: store.clock,
  });
}

function within(folder: string, path: string): boolean {
  return !relative(folder, path).startsWith('..');
}
