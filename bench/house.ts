import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Definitions } from '@trapkey/contract/upstream.ts';
import { openCatalog } from '../packages/server/src/catalog/act.ts';
import { openPinnedCatalog } from '../packages/server/src/catalog/read.ts';
import { screenWith } from '../packages/server/src/effects/screen/screen.ts';
import type { Call } from '../packages/server/src/kernel/call.ts';
import { newCallId } from '../packages/server/src/kernel/ids.ts';
import type { PolicySet } from '../packages/server/src/kernel/rules.ts';
import type { Frame } from '../packages/server/src/pipeline/frame.ts';
import { pipeline } from '../packages/server/src/pipeline/pipeline.ts';
import { compileSet } from '../packages/server/src/policy/compile/set.ts';
import { openRuns } from '../packages/server/src/runs/read.ts';
import { openStops } from '../packages/server/src/stages/contain/act.ts';
import { openTickets } from '../packages/server/src/stages/gate/act.ts';
import { openStore } from '../packages/server/src/wire.ts';
import { definitionLint } from '../packages/server/src/wire-lint.ts';
import { benchPerson, benchPlugin, type PolicySize, policyFiles } from './policy.ts';
import { answerText, toolCount, tools } from './tools.ts';

/** Everything of a call but its sockets: real stages, record and screen, an upstream that answers at once. */
export interface House {
  readonly frame: Frame;
  readonly policy: PolicySet;
  close(): Promise<void>;
}

const definitions: Definitions = {
  serverInfo: { name: 'bench', version: '1' },
  capabilities: { tools: {} },
  tools,
  prompts: [],
  resources: [],
  resourceTemplates: [],
};

/** Opens it on the embedded store in a new folder. */
export async function openHouse(size: PolicySize, folder: string | undefined): Promise<House> {
  const data = await mkdtemp(join(folder ?? tmpdir(), 'trapkey-bench-'));
  const store = await openStore({ data, database: { kind: 'sqlite', file: join(data, 'trapkey.db') } }, { onWritten: () => undefined });
  const { database, recorder, keys, clock } = store;
  const policy = compiled(size);
  await openCatalog({ database, recorder, clock, lint: definitionLint }).look('orders', definitions);
  const [stops, tickets, runs, pinned] = await Promise.all([
    openStops({ database, recorder, clock }),
    openTickets({ database, recorder, keys, clock, policy: () => policy }),
    openRuns({ database, clock }),
    openPinnedCatalog({ database }),
  ]);
  const frame: Frame = {
    stages: pipeline({ runs, stops, definitions: pinned, checkers: [] }),
    moment: () => ({ policy, organization: policy.organization }),
    recorder,
    tickets,
    execute: async () => ({ kind: 'result', result: { content: [{ type: 'text', text: answerText }] }, bytes: answerText.length }),
    screen: screenWith(),
    checkers: new Map(),
    refreshStops: stops.refresh,
    stopSignal: stops.signalFor,
    runs,
    definitions: pinned,
    clock,
    stopwatch: () => performance.now(),
    probeTimeoutMs: 5_000,
    probesMax: 8,
    redecideMax: 5,
  };
  return {
    frame,
    policy,
    async close() {
      await store.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}

function compiled(size: PolicySize): PolicySet {
  const result = compileSet(policyFiles(size, 'http://127.0.0.1:1/mcp'), {});
  if (result.ok) return result.set;
  throw new Error(`the bench's policy does not check: ${JSON.stringify(result.problems.slice(0, 3))}`);
}

/** A call as the gateway builds it, another tool and other arguments each time. */
export function benchCall(at: number): Call {
  const endpoint = { plugin: benchPlugin.id, version: benchPlugin.version, connector: benchPlugin.connector };
  const audience = `/p/${endpoint.plugin}/${endpoint.version}/${endpoint.connector}`;
  const atMs = Date.now();
  return {
    id: newCallId(atMs),
    attempt: 0,
    atMs,
    endpoint,
    method: 'tools/call',
    name: `tool_${at % toolCount}`,
    args: { order: `SO-${10_000 + (at % 80_000)}`, region: 'EMEA', lines: at % 12 },
    extra: {},
    credential: {
      kind: 'token',
      id: 'AT-BENCH00000',
      person: benchPerson,
      groups: ['sales', 'all-regions'],
      client: 'bench',
      audience,
      profile: undefined,
      assurance: { person: 'proved', plugin: 'proved' },
    },
    session: undefined,
    client: { name: 'bench', version: '1.0.0' },
    claims: {},
    clientCapabilities: {},
    via: 'mcp',
    ticket: undefined,
  };
}
