import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openPayloads } from '../../packages/server/src/effects/record/payload-read.ts';
import { openUsual } from '../../packages/server/src/effects/record/usual-read.ts';
import { screenWith } from '../../packages/server/src/effects/screen/screen.ts';
import type { Approvals } from '../../packages/server/src/kernel/approvals.ts';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import type { Grants } from '../../packages/server/src/kernel/grants.ts';
import type { Handled } from '../../packages/server/src/kernel/handle.ts';
import type { Announce } from '../../packages/server/src/kernel/messages.ts';
import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import type { Stops } from '../../packages/server/src/kernel/stops.ts';
import type { Frame } from '../../packages/server/src/pipeline/frame.ts';
import { handleWith } from '../../packages/server/src/pipeline/handle.ts';
import { judgeWith } from '../../packages/server/src/pipeline/judge.ts';
import { pipeline } from '../../packages/server/src/pipeline/pipeline.ts';
import { compileBounds } from '../../packages/server/src/policy/cel/bounds.ts';
import { openRuns } from '../../packages/server/src/runs/read.ts';
import { openStops } from '../../packages/server/src/stages/contain/act.ts';
import { openTickets, type Tickets } from '../../packages/server/src/stages/gate/act.ts';
import { openApprovals } from '../../packages/server/src/stages/gate/deciding/act.ts';
import { openGrantDesk } from '../../packages/server/src/stages/gate/grants/act.ts';
import { type OpenGrants, openGrants } from '../../packages/server/src/stages/gate/grants/read.ts';
import { type Database, type DatabaseAddress, openDatabase } from '../../packages/server/src/storage/database.ts';
import { policyWith, upstreamFixtures } from '../decisions/cases.ts';
import { recordingUpstream } from '../decisions/upstream.ts';
import { callOf, keys } from './desk.ts';

/** A gateway's inside on a shared database: the whole pipeline, with an upstream that remembers what reached it. */
export interface Node {
  readonly handle: (call: Call) => Promise<Handled>;
  readonly upstream: ReturnType<typeof recordingUpstream>;
  readonly approvals: Approvals;
  readonly tickets: Tickets;
  readonly grants: OpenGrants;
  readonly grantDesk: Grants;
  readonly stops: Stops;
  /** What people were told of, in the order in which it was written. */
  readonly told: readonly string[];
  readonly alarms: readonly string[];
  readonly announce: Announce;
  readonly recorder: OpenRecorder;
  readonly policy: PolicySet;
  readonly database: Database;
  readonly close: () => Promise<void>;
}

/** Opens a node. It hears of nothing that others do: nothing watches the database. */
export async function openNode(
  address: DatabaseAddress,
  clock: () => number,
  edit: Readonly<Record<string, string>> = {},
  author?: string,
): Promise<Node> {
  const database = await openDatabase(address);
  const recorder = openRecorder({ database, keys });
  const stops = await openStops({ database, recorder, clock });
  const told: string[] = [];
  const alarms: string[] = [];
  const announce: Announce = async (_, event, ticket) => void told.push(`${event} ${ticket.id}`);
  const policy = policyWith(edit);
  const { unseal } = openPayloads({ database, master: keys.master });
  const tickets = await openTickets({ database, recorder, keys, clock, policy: () => policy, unseal, announce });
  const runs = await openRuns({ database, clock });
  const upstream = recordingUpstream(upstreamFixtures());
  const grants = await openGrants({ database, clock, compileBounds });
  const frame: Frame = {
    stages: pipeline({ runs, stops, definitions: upstream.definitions, checkers: [], grants, recipientsDigest: tickets.recipientsDigest }),
    moment: () => ({ policy, organization: policy.organization }),
    recorder,
    tickets,
    grants,
    usual: openUsual({ database }),
    execute: upstream.execute,
    screen: screenWith(),
    checkers: new Map(),
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
  const handle = handleWith(frame);
  return {
    handle: (call) => handle(call, { signal: new AbortController().signal }),
    upstream,
    approvals: openApprovals({
      database,
      recorder,
      clock,
      policy: () => policy,
      unseal,
      judge: judgeWith(frame),
      keys,
      stops,
      announce,
      author: async () => author,
      alarm: (says) => void alarms.push(says),
    }),
    alarms,
    told,
    announce,
    recorder,
    policy,
    tickets,
    grants,
    grantDesk: openGrantDesk({ database, recorder, clock, policy: () => policy, compileBounds, unseal }),
    stops,
    database,
    close: async () => {
      await recorder.close();
      await database.close();
    },
  };
}

/** A call of the golden policy's sales plugin that a person must approve. */
export function deletion(atMs: number, id = '5'): Call {
  const call = callOf(atMs);
  const credential = { ...call.credential, person: 'j.rivera@corp.example', audience: '/p/sales/2.1.0/crm-act' };
  return {
    ...call,
    endpoint: { plugin: 'sales', version: '2.1.0', connector: 'crm-act' },
    name: 'delete_contact',
    args: { id },
    credential,
  };
}
