import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checker } from '@trapkey/contract/checker.ts';
import type { Entry } from '@trapkey/contract/entry.ts';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openKeys } from '../../packages/server/src/effects/record/keys.ts';
import { openPayloads } from '../../packages/server/src/effects/record/payload-read.ts';
import { parseQuery } from '../../packages/server/src/effects/record/query/parse.ts';
import { openRecordReader } from '../../packages/server/src/effects/record/read.ts';
import { screenWith } from '../../packages/server/src/effects/screen/screen.ts';
import type { Approvals } from '../../packages/server/src/kernel/approvals.ts';
import type { Grants } from '../../packages/server/src/kernel/grants.ts';
import type { Handle } from '../../packages/server/src/kernel/handle.ts';
import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import type { Stops } from '../../packages/server/src/kernel/stops.ts';
import type { Frame } from '../../packages/server/src/pipeline/frame.ts';
import { handleWith } from '../../packages/server/src/pipeline/handle.ts';
import { pipeline } from '../../packages/server/src/pipeline/pipeline.ts';
import { compileBounds } from '../../packages/server/src/policy/cel/bounds.ts';
import { openRuns } from '../../packages/server/src/runs/read.ts';
import { openStops } from '../../packages/server/src/stages/contain/act.ts';
import { openTickets } from '../../packages/server/src/stages/gate/act.ts';
import { openBatches } from '../../packages/server/src/stages/gate/batches/door.ts';
import { openApprovals } from '../../packages/server/src/stages/gate/deciding/act.ts';
import { openGrantDesk } from '../../packages/server/src/stages/gate/grants/act.ts';
import { openGrants } from '../../packages/server/src/stages/gate/grants/read.ts';
import { openDatabase } from '../../packages/server/src/storage/database.ts';
import { recordingUpstream, type UpstreamFixtures } from './upstream.ts';

/** Everything around one decision, real but for the upstream and the clock. */
export interface House {
  readonly handle: Handle;
  readonly frame: Frame;
  readonly approvals: Approvals;
  readonly grants: Grants;
  readonly refreshGrants: () => Promise<void>;
  readonly stops: Stops;
  readonly upstream: ReturnType<typeof recordingUpstream>;
  /** The stops as another process knows them. */
  readonly elsewhere: () => Promise<Stops>;
  readonly now: () => number;
  readonly pass: (ms: number) => void;
  /** Every entry, oldest first, names resolved. */
  readonly entries: () => Promise<readonly Entry[]>;
  readonly close: () => Promise<void>;
}

/** Opens a house on an empty SQLite file, under one compiled policy. */
export async function openHouse(parts: {
  readonly policy: PolicySet;
  readonly fixtures: UpstreamFixtures;
  readonly atMs: number;
  readonly checkers?: readonly Checker[];
}): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-decisions-'));
  const database = await openDatabase({ kind: 'sqlite', file: join(folder, 'trapkey.db') });
  const keys = openKeys(join(folder, 'keys'), { mayCreate: true });
  let nowMs = parts.atMs;
  const clock = () => nowMs;
  const recorder = openRecorder({ database, keys });
  const stops = await openStops({ database, recorder, clock });
  const tickets = await openTickets({ database, recorder, keys, clock });
  const grants = await openGrants({ database, clock, compileBounds });
  const { unseal } = openPayloads({ database, master: keys.master });
  const runs = await openRuns({ database, clock });
  const upstream = recordingUpstream(parts.fixtures);
  const checkers = new Map((parts.checkers ?? []).map((checker) => [checker.name, checker]));
  const { policy } = parts;
  const frame: Frame = {
    stages: pipeline({
      runs,
      stops,
      definitions: upstream.definitions,
      checkers: [...checkers.keys()],
      grants,
      recipientsDigest: tickets.recipientsDigest,
    }),
    moment: () => ({ policy, organization: policy.organization }),
    recorder,
    tickets,
    batches: openBatches({ database, keys, policy: () => policy, clock }),
    grants,
    execute: upstream.execute,
    screen: screenWith(),
    checkers,
    refreshStops: stops.refresh,
    stopSignal: stops.signalFor,
    runs,
    definitions: upstream.definitions,
    clock,
    stopwatch: () => performance.now(),
    probeTimeoutMs: 5_000,
    probesMax: 8,
    redecideMax: 5,
  };
  const reader = openRecordReader({ database });
  return {
    handle: handleWith(frame),
    frame,
    approvals: openApprovals({ database, recorder, clock, policy: () => policy, unseal: async () => null }),
    grants: openGrantDesk({ database, recorder, clock, policy: () => policy, compileBounds, unseal }),
    refreshGrants: grants.refresh,
    stops,
    upstream,
    elsewhere: () => openStops({ database, recorder, clock }),
    now: clock,
    pass: (ms) => {
      nowMs += ms;
    },
    entries: async () => (await reader.list(parseQuery('', nowMs), { limit: 1_000 })).entries.toReversed(),
    async close() {
      await recorder.close();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
