import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { screenWith } from '../../packages/server/src/effects/screen/screen.ts';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import type { Handled } from '../../packages/server/src/kernel/handle.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import type { Frame } from '../../packages/server/src/pipeline/frame.ts';
import { handleWith } from '../../packages/server/src/pipeline/handle.ts';
import { pipeline } from '../../packages/server/src/pipeline/pipeline.ts';
import { openRuns } from '../../packages/server/src/runs/read.ts';
import { openStops } from '../../packages/server/src/stages/contain/act.ts';
import { openLimits } from '../../packages/server/src/stages/contain/limits/act.ts';
import { tendLimits } from '../../packages/server/src/stages/contain/limits/worker.ts';
import { openTickets } from '../../packages/server/src/stages/gate/act.ts';
import { type DatabaseAddress, openDatabase } from '../../packages/server/src/storage/database.ts';
import { recordingUpstream } from '../decisions/upstream.ts';
import { callOf, keys } from '../gate/desk.ts';

const object = { type: 'object' } as const;
const tools = { look: object, note: object, wipe: object, shell: object, mail: object };

/** A gateway's inside under one policy, with limits that are really kept, and an upstream that remembers what reached it. */
export async function openLimited(address: DatabaseAddress, policy: PolicySet, clock: () => number = Date.now) {
  const database = await openDatabase(address);
  const recorder = openRecorder({ database, keys });
  const stops = await openStops({ database, recorder, clock });
  const tickets = await openTickets({ database, recorder, keys, clock });
  const runs = await openRuns({ database, clock });
  const upstream = recordingUpstream({ crm: { tools } });
  const alarms: string[] = [];
  const alarm = (says: string) => void alarms.push(says);
  const limits = await openLimits({ database, recorder, clock, keys, policy: () => policy, stops, alarm });
  const frame: Frame = {
    stages: pipeline({ runs, stops, definitions: upstream.definitions, checkers: [], limits: limits.reader }),
    moment: () => ({ policy, organization: policy.organization }),
    recorder,
    tickets,
    limits,
    execute: upstream.execute,
    screen: screenWith(),
    checkers: new Map(),
    refreshStops: async () => void (await Promise.all([stops.refresh(), limits.refresh()])),
    stopSignal: stops.signalFor,
    runs,
    definitions: upstream.definitions,
    clock,
    stopwatch: () => performance.now(),
    probeTimeoutMs: 5_000,
    probesMax: 8,
    redecideMax: 20,
  };
  const handle = handleWith(frame);
  const untend = tendLimits({ limits, watch: database.watch, alarm });
  return {
    database,
    recorder,
    limits,
    stops,
    upstream,
    alarms,
    frame,
    handle: (call: Call): Promise<Handled> => handle(call, { signal: new AbortController().signal }),
    /** Calls a tool as somebody, and says in a word what came of it. */
    async call(name: string, args: Call['args'] = {}, more: Partial<Call> = {}, person = 'ann@corp.example'): Promise<Handled> {
      const call = callOf(clock());
      const credential = { ...call.credential, person, audience: '/p/sales/1.0.0/crm-act' };
      const endpoint = { plugin: 'sales', version: '1.0.0', connector: 'crm-act' };
      return await handle(
        { ...call, id: newCallId(clock()), name, args, credential, endpoint, ...more },
        { signal: new AbortController().signal },
      );
    },
    async close() {
      await untend();
      await recorder.close();
      await database.close();
    },
  };
}
export type Limited = Awaited<ReturnType<typeof openLimited>>;

/** One word for what came of a call. */
export function word(handled: Handled): string {
  return handled.kind === 'refused' ? handled.ruling.code : handled.kind;
}
