import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { UpstreamReply } from '@trapkey/contract/upstream.ts';
import { openCatalog } from '../packages/server/src/catalog/act.ts';
import { openPinnedCatalog } from '../packages/server/src/catalog/read.ts';
import { screenWith } from '../packages/server/src/effects/screen/screen.ts';
import type { Call } from '../packages/server/src/kernel/call.ts';
import { newCallId } from '../packages/server/src/kernel/ids.ts';
import type { PolicySet } from '../packages/server/src/kernel/rules.ts';
import { handleWith } from '../packages/server/src/pipeline/handle.ts';
import { pipeline } from '../packages/server/src/pipeline/pipeline.ts';
import { compileSet } from '../packages/server/src/policy/compile/set.ts';
import { openRuns } from '../packages/server/src/runs/read.ts';
import { openStops } from '../packages/server/src/stages/contain/act.ts';
import { openTickets } from '../packages/server/src/stages/gate/act.ts';
import { openBatches } from '../packages/server/src/stages/gate/batches/door.ts';
import { openStore } from '../packages/server/src/wire.ts';
import { definitionLint } from '../packages/server/src/wire-lint.ts';
import { salesBookFiles } from '../test/support/batch-policy.ts';
import { ann } from '../test/support/e2e-policy.ts';
import { benchDefinitions } from './batch-tools.ts';

/** Staging without sockets: real stages, record, batches and screen, and a CRM that answers at once, in this process. */
export async function openStaging(folder: string | undefined) {
  const data = await mkdtemp(join(folder ?? tmpdir(), 'trapkey-bench-'));
  const store = await openStore({ data, database: { kind: 'sqlite', file: join(data, 'trapkey.db') } }, { onWritten: () => undefined });
  const { database, recorder, keys, clock } = store;
  const policy = compiled();
  const catalog = openCatalog({ database, recorder, clock, lint: definitionLint });
  await catalog.look('crm', benchDefinitions);
  const [stops, tickets, runs, pinned] = await Promise.all([
    openStops({ database, recorder, clock }),
    openTickets({ database, recorder, keys, clock }),
    openRuns({ database, clock }),
    openPinnedCatalog({ database }),
  ]);
  const handle = handleWith({
    stages: pipeline({ runs, stops, definitions: pinned, checkers: [] }),
    moment: () => ({ policy, organization: policy.organization }),
    recorder,
    tickets,
    batches: openBatches({ database, keys, policy: () => policy, clock }),
    execute: async (_, { params }) => answerTo(params),
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
  });
  return {
    handle: (call: Call) => handle(call, { signal: new AbortController().signal }),
    async close() {
      await store.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}

function compiled(): PolicySet {
  const result = compileSet(salesBookFiles('http://127.0.0.1:1/mcp', { stage: '{ over: 0 per run }' }), {});
  if (result.ok) return result.set;
  throw new Error(`the bench's policy does not check: ${JSON.stringify(result.problems.slice(0, 3))}`);
}

/** The CRM: every account is a C. */
function answerTo({ arguments: args }: JsonObject): UpstreamReply {
  const account = {
    id: (args as { readonly id: string }).id,
    name: 'Alder Logistics',
    tier: 'C',
    region: 'EMEA',
    turnover: 512_000,
    notes: '',
  };
  const result = { content: [{ type: 'text', text: JSON.stringify(account) }], structuredContent: account };
  return { kind: 'result', result, bytes: 200 };
}

/** The nth re-tiering, of another account each time. */
export function retieringCall(at: number): Call {
  const endpoint = { plugin: 'sales-outreach', version: '2.1.0', connector: 'crm-act' };
  const atMs = Date.now();
  return {
    id: newCallId(atMs),
    attempt: 0,
    atMs,
    endpoint,
    method: 'tools/call',
    name: 'set_tier',
    args: { id: String(100_000 + at), tier: 'B' },
    extra: {},
    credential: {
      kind: 'token',
      id: 'AT-BENCH00000',
      person: ann,
      groups: ['sales'],
      client: 'bench',
      audience: '/p/sales-outreach/2.1.0/crm-act',
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
