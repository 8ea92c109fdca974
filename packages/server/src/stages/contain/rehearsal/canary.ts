import { createHash } from 'node:crypto';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ToolDefinition, UpstreamListeners, UpstreamReply, UpstreamRequest } from '@trapkey/contract/upstream.ts';
import type { Pinned } from '../../../kernel/facts.ts';
import { unlisted } from '../../../kernel/operation.ts';
import type { DefinitionLister, DefinitionReader } from '../../../kernel/readers.ts';
import { canaryPlugin } from '../../../kernel/rehearsal.ts';
import type { ConnectionRules, ConnectorRules, PolicySet, ToolRules } from '../../../kernel/rules.ts';

/** Upper case: no policy can have these ids. */
export const canary = {
  plugin: canaryPlugin,
  version: '1',
  /** Answers in this process and touches nothing. */
  connector: 'Canary',
  /** Stands for a client's own tools, which only its hook asks for. */
  client: 'Canary-client',
  person: 'trapkey:rehearsal',
} as const;

/** Answers at once. */
export const pingTool = 'ping';
/** Answers when it is aborted, or after a minute. */
export const waitTool = 'wait';
const waitMs = 60_000;

const sets = new WeakMap<PolicySet, PolicySet>();

/** The running policy, and the canary besides: for nobody but the rehearsal, and in no document. */
export function withCanary(set: PolicySet): PolicySet {
  const known = sets.get(set);
  if (known) return known;
  const owner = set.organization.owner;
  const { plugin: id, version, connector, client, person } = canary;
  const made: PolicySet = {
    ...set,
    plugins: new Map([
      ...set.plugins,
      [id, { id, owner, version, for: [person], connectors: [connector, client], autonomy: new Map(), mode: 'enforce' }],
    ]),
    connectors: new Map([
      ...set.connectors,
      [connector, connectorOf(connector, owner, [pingTool, waitTool])],
      [client, connectorOf(client, owner, [pingTool])],
    ]),
    connections: new Map([
      ...set.connections,
      [connector, connectionOf(connector, owner, undefined)],
      [client, connectionOf(client, owner, 'claude')],
    ]),
  };
  sets.set(set, made);
  return made;
}

function connectionOf(id: string, owner: string, hook: 'claude' | undefined): ConnectionRules {
  const rest = { sharing: 'all', environment: 'canary', sampling: false, elicitationHosts: [], callTimeoutMs: waitMs * 2 } as const;
  return { id, owner, upstream: undefined, hook, ...rest };
}

function connectorOf(id: string, owner: string, tools: readonly string[]): ConnectorRules {
  const connector: ConnectorRules = {
    id,
    connection: id,
    owner,
    access: 'read-only',
    environment: 'canary',
    systemOfRecord: false,
    requiresApproval: false,
    tools: new Map(),
    resources: [],
    prompts: [],
    mode: 'enforce',
    notEnforceable: undefined,
    alertRowsOver: undefined,
  };
  const read = (name: string): ToolRules => ({ ...unlisted(connector, name, 'read'), reversible: true, idempotent: true });
  return { ...connector, tools: new Map(tools.map((name) => [name, read(name)])) };
}

const pins = new Map([pingTool, waitTool].map((name) => [name, pinOf(name)]));

function pinOf(name: string): Pinned {
  const tool: ToolDefinition = { name, inputSchema: { type: 'object' } };
  const digest = `sha256:${createHash('sha256').update(JSON.stringify(tool)).digest('hex')}`;
  return { digest, tool, validateInput: () => undefined, validateOutput: undefined };
}

/** The canary's definitions are this build's own; nobody reviews them. */
export function withCanaryDefinitions(pinned: DefinitionReader & DefinitionLister): DefinitionReader & DefinitionLister {
  return {
    find: (connection, method, name) =>
      connection === canary.connector ? (method === 'tools/call' ? pins.get(name) : undefined) : pinned.find(connection, method, name),
    all: (connection) => pinned.all(connection),
  };
}

/** What the canary does: nothing, at once or until it is aborted. */
export async function runCanary(request: UpstreamRequest, { signal }: UpstreamListeners): Promise<UpstreamReply> {
  if (request.params['name'] !== waitTool) return said('still here');
  const ended = Promise.withResolvers<UpstreamReply>();
  const abort = () => ended.resolve({ kind: 'lost', detail: 'it was aborted' });
  const timer = setTimeout(() => ended.resolve(said('nothing came')), waitMs);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await ended.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

function said(text: string): UpstreamReply {
  const result: JsonObject = { content: [{ type: 'text', text }] };
  return { kind: 'result', result, bytes: Buffer.byteLength(text) };
}
