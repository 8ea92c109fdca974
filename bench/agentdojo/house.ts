import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../packages/contract/src/json.ts';
import type { Definitions } from '../../packages/contract/src/upstream.ts';
import { openCatalog } from '../../packages/server/src/catalog/act.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import type { Call } from '../../packages/server/src/kernel/call.ts';
import type { Handled } from '../../packages/server/src/kernel/handle.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';
import { openStore } from '../../packages/server/src/wire.ts';
import { openDeciding } from '../../packages/server/src/wire-deciding.ts';
import { definitionLint } from '../../packages/server/src/wire-lint.ts';
import { startUpstream } from '../../test/support/e2e-upstream.ts';

/** The pipeline as it ships, over its own database, with an MCP server on a port behind it. */
export interface House {
  readonly policy: PolicySet;
  /** What a person asks, as a hook would tell it. */
  prompt(person: string, text: string): Promise<void>;
  /** Makes a call; `answer` is what the server gives where it is let through. */
  call(person: string, tool: string, args: JsonObject, answer: JsonObject): Promise<Handled | 'not offered'>;
  close(): Promise<void>;
}

export type Upstream = Awaited<ReturnType<typeof startUpstream>> & { next: JsonObject };

/** An MCP server that answers each call with what was laid ready. */
export async function openServer(
  definitions: Definitions['tools'],
  answers: Readonly<Record<string, () => JsonObject>> = {},
): Promise<Upstream> {
  const ready = { next: { content: [] } as JsonObject };
  const tools = Object.fromEntries(
    definitions.map(({ name, description, inputSchema }) => [
      name,
      {
        ...(description !== undefined && { description }),
        inputSchema: inputSchema as JsonObject,
        answer: () => (answers[name] ?? (() => ready.next))(),
      },
    ]),
  );
  return Object.assign(ready, await startUpstream(tools)) as Upstream;
}

/** Opens it with one policy. */
export async function openHouse(
  files: Readonly<Record<string, string>>,
  connection: string,
  server: Upstream,
  tools: Definitions['tools'],
): Promise<House> {
  const compiled = compileSet(files, {});
  if (!compiled.ok) throw new Error(`the policy does not check: ${JSON.stringify(compiled.problems.slice(0, 5))}`);
  const { set } = compiled;
  const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = await mkdtemp(join(root, 'trapkey-bench-'));
  const config = readConfig({ data: folder, policy: folder }, {});
  const store = await openStore(config, { onWritten: () => undefined });
  const { database, recorder, clock } = store;
  await openCatalog({ database, recorder, clock, lint: definitionLint }).look(connection, {
    serverInfo: { name: 'agentdojo', version: '1' },
    capabilities: { tools: {} },
    tools,
    prompts: [],
    resources: [],
    resourceTemplates: [],
  });
  // Nothing in its catalog ever moves.
  const policy = { current: () => set, refreshReleases: async () => undefined, releasesAsOf: () => Number.POSITIVE_INFINITY };
  const deciding = await openDeciding(config, store, policy);
  const connectorOf = new Map(
    [...set.connectors.values()].flatMap(({ id, tools: own }) => [...own.keys()].map((name) => [name, id] as const)),
  );
  const plugin = [...set.plugins.values()][0];
  if (!plugin) throw new Error('the policy has no plugin');
  let prompts = 0;
  return {
    policy: set,
    async prompt(person, text) {
      const atMs = clock();
      await deciding.witnesses.trees.report([{ kind: 'prompt', person, session: person, prompt: `p${++prompts}`, text, atMs, by: 'hook' }]);
    },
    async call(person, tool, args, answer) {
      server.next = answer;
      const connector = connectorOf.get(tool);
      if (connector === undefined) return 'not offered';
      return await deciding.handle(callOf({ plugin: plugin.id, version: plugin.version, connector }, person, tool, args), {
        signal: new AbortController().signal,
      });
    },
    async close() {
      await deciding.upstreams.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function callOf(endpoint: Call['endpoint'], person: string, name: string, args: JsonObject): Call {
  const atMs = Date.now();
  return {
    id: newCallId(atMs),
    attempt: 0,
    atMs,
    endpoint,
    method: 'tools/call',
    name,
    args,
    extra: {},
    credential: {
      kind: 'token',
      id: 'AT-BENCH00000',
      person,
      groups: ['everyone'],
      client: 'bench',
      audience: `/p/${endpoint.plugin}/${endpoint.version}/${endpoint.connector}`,
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
