import { openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openKeys } from '../../packages/server/src/effects/record/keys.ts';
import { keepRecord } from '../../packages/server/src/effects/record/worker.ts';
import { screenWith } from '../../packages/server/src/effects/screen/screen.ts';
import type { Handled } from '../../packages/server/src/kernel/handle.ts';
import { handleWith } from '../../packages/server/src/pipeline/handle.ts';
import { pipeline } from '../../packages/server/src/pipeline/pipeline.ts';
import { openRuns } from '../../packages/server/src/runs/read.ts';
import { openStops } from '../../packages/server/src/stages/contain/act.ts';
import { openTickets } from '../../packages/server/src/stages/gate/act.ts';
import { type DatabaseAddress, openDatabase } from '../../packages/server/src/storage/database.ts';
import { recordingUpstream } from '../decisions/upstream.ts';
import { crashPolicy, nthCall, offered } from './calls.ts';

/**
 * A serving process that is there to be killed. It says `ready` when loaded, waits for `go`, closes orphans, says
 * `serving` and then calls without end. Every effect upstream is a line in one file, every answer that a client got a
 * line in another; both are written at once, so they survive this process.
 */
interface Settings {
  readonly address: DatabaseAddress;
  readonly keysFolder: string;
  readonly effectsFile: string;
  readonly answersFile: string;
  readonly clients: number;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as Settings;
console.log('ready');
const lines = createInterface({ input: process.stdin });
await new Promise((resolve) => lines.once('line', resolve));

const clock = () => Date.now();
const database = await openDatabase(settings.address);
const keys = openKeys(settings.keysFolder, { mayCreate: true });
const recorder = openRecorder({ database, keys, thread: true });
await keepRecord({ database, recorder, keys, clock, alarm: () => {}, everyMs: 40 });
const stops = await openStops({ database, recorder, clock });
const tickets = await openTickets({ database, recorder, keys, clock });
const runs = await openRuns({ database, clock });
const upstream = recordingUpstream(offered);
const policy = crashPolicy();
const effects = openSync(settings.effectsFile, 'a');
const answers = openSync(settings.answersFile, 'a');

const handle = handleWith({
  stages: pipeline({ runs, stops, definitions: upstream.definitions, checkers: [] }),
  moment: () => ({ policy, organization: policy.organization }),
  recorder,
  tickets,
  execute: async (target, request, listeners) => {
    const { name, arguments: args } = request.params as { name: string; arguments: { id: string } };
    writeSync(effects, line(args.id, name));
    return await upstream.execute(target, request, listeners);
  },
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
});

let n = 0;
async function client(): Promise<never> {
  for (;;) {
    const handled = await handle(nthCall(n++), { signal: new AbortController().signal });
    writeSync(answers, line(handled.call, says(handled)));
  }
}

/** A kill may tear a line at the end of a page: it counts when its full stop is there, and the next begins a line of its own. */
function line(call: string, word: string): string {
  return `\n${call} ${word} .\n`;
}

function says(handled: Handled): string {
  return handled.kind === 'refused' ? handled.ruling.code : handled.kind;
}

console.log('serving');
await Promise.all(Array.from({ length: settings.clients }, client));
