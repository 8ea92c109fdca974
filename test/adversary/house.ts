import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { openPeople } from '../../packages/server/src/access/people/act.ts';
import { openTokens } from '../../packages/server/src/access/tokens/act.ts';
import { type Config, readConfig } from '../../packages/server/src/config.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import { openPolicy } from '../../packages/server/src/policy/open.ts';
import { openStops } from '../../packages/server/src/stages/contain/act.ts';
import { openApprovals } from '../../packages/server/src/stages/gate/deciding/act.ts';
import { openStore } from '../../packages/server/src/wire.ts';
import { serve } from '../../packages/server/src/wire-serve.ts';
import { envelope, send } from '../gateway/front.ts';
import { type HostileUpstream, startHostile } from './upstream.ts';

export const administrator: ProvenPerson = { person: 'root@o.example', roles: ['administrator', 'approver'] };

const tool = (name: string): JsonObject => ({ name, inputSchema: { type: 'object' } });

/** The documents of a small organization over one hostile upstream; what a test adds replaces what has its id. */
function documentsOf(url: string, more: readonly JsonObject[]): string {
  const base: readonly JsonObject[] = [
    {
      organization: 'o',
      owner: 'root@o.example',
      inside: { domains: ['o.example'] },
      approvals: { high: { approvers: ['boss@o.example'], needs: 1, expires: '1h' } },
    },
    {
      directory: [
        { person: 'ann@o.example', groups: ['staff'], aliases: ['annie@o.example'] },
        { person: 'bob@o.example', groups: ['staff'] },
        { person: 'boss@o.example', groups: ['staff'] },
        { person: 'root@o.example', groups: ['staff'] },
      ],
    },
    { connection: 'c', owner: 'own@o.example', upstream: { url }, network: 'private' },
    {
      connector: 'c',
      access: 'read-write',
      because: 'tests',
      tools: { look: { effect: 'read' }, mail: { effect: 'send' } },
      resources: ['file:///public/*'],
      prompts: ['greet'],
    },
    { plugin: 'p', owner: 'own@o.example', for: ['group:staff'], release: { version: '1' }, connectors: ['c'] },
  ];
  const idOf = (document: JsonObject) => Object.entries(document)[0]?.join(' ') ?? '';
  const replaced = new Set(more.map((document) => ('directory' in document ? 'directory' : idOf(document))));
  const kept = base.filter((document) => !replaced.has('directory' in document ? 'directory' : idOf(document)));
  return [...kept, ...more].map((document) => stringify(document)).join('---\n');
}

/** The whole gateway as it ships, on a real port, over one upstream that a test controls. */
export async function openHouse(
  parts: { readonly documents?: readonly JsonObject[]; readonly modern?: boolean; readonly tools?: readonly JsonObject[] } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-adversary-'));
  const policy = join(folder, 'policy');
  mkdirSync(policy);
  const upstream: HostileUpstream = await startHostile(parts.modern ?? false, parts.tools ?? [tool('look'), tool('mail')]);
  writeFileSync(join(policy, 'policy.yaml'), documentsOf(upstream.url, parts.documents ?? []));
  const config: Config = {
    ...readConfig({ data: join(folder, 'data'), policy, port: '0' }, { TRAPKEY_HELD_WAIT: '1ms' }),
  };
  const written: EntryFields[] = [];
  const alarms: string[] = [];
  const serving = await serve({
    config,
    env: {},
    administrator: administrator.person,
    onWritten: (entries) => void written.push(...entries),
    alarm: (says) => void alarms.push(says),
  });
  // A second process on the same data, as the commands are.
  const store = await openStore(config);
  const { database, recorder, clock, keys } = store;
  const running = await openPolicy({ database, recorder, clock, env: {}, folder: policy, onAlarm: () => undefined });
  const tokens = openTokens({ database, recorder, keys, clock, policy: running.current });
  onTestFinished(async () => {
    await store.close();
    await serving.close();
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    config,
    upstream,
    written,
    alarms,
    store,
    url: `${serving.url}/p/p/1/c`,
    origin: serving.url,
    stops: await openStops({ database, recorder, clock }),
    people: openPeople({ database, recorder, clock }),
    tokens,
    approvals: openApprovals({ database, recorder, clock, policy: running.current, unseal: store.payloads.unseal }),
    tokenOf: async (person: string) => (await tokens.issue({ plugin: 'p', person, by: administrator }))[0]?.token ?? '',
  };
}
export type House = Awaited<ReturnType<typeof openHouse>>;

/** One call of revision 2026-07-28 with a token; `headers` override, `undefined` ones are left out. */
export async function ask(
  house: Pick<House, 'url'>,
  token: string,
  method: string,
  params: JsonObject,
  headers: Record<string, string> = {},
) {
  const { _meta: meta, ...rest } = params as { _meta?: JsonObject };
  const named = params[method === 'resources/read' ? 'uri' : 'name'];
  const mcpName =
    typeof named === 'string' && ['tools/call', 'prompts/get', 'resources/read'].includes(method)
      ? { 'mcp-name': `=?base64?${Buffer.from(named).toString('base64')}?=` }
      : {};
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...rest, _meta: { ...envelope, ...meta } } });
  const response = await send(house.url, body, {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...mcpName,
    ...headers,
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as { result?: JsonObject; error?: JsonObject },
  };
}

/** The text that an agent reads in a tool's result. */
export function said(answer: { readonly body: { readonly result?: JsonObject } }): string {
  const content = (answer.body.result?.['content'] ?? []) as readonly { readonly text?: string }[];
  return content.map(({ text }) => text ?? '').join('\n');
}
