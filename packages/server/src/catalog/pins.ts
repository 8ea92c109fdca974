import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Definitions, ToolDefinition, UpstreamMethod } from '@trapkey/contract/upstream.ts';
import type { DefinitionState } from '../kernel/catalog.ts';
import type { Pinned } from '../kernel/facts.ts';
import { ownPrefix } from '../kernel/operation.ts';
import { revealed } from '../kernel/revealed.ts';
import { compileSchema } from '../kernel/schema.ts';
import { gone, type Row } from './row.ts';

const nameCharactersMax = 128;

/** The pins of one connection, parsed once. */
export interface Pins {
  find(method: UpstreamMethod, name: string): Pinned | 'changed' | undefined;
  readonly definitions: Definitions;
}

/** How a stored definition stands. */
export function stateOf(row: Row): DefinitionState {
  if (row.kind === 'tool' && (row.name.startsWith(ownPrefix) || row.name.length > nameCharactersMax || revealed(row.name) !== row.name))
    return 'quarantined';
  if (row.digest === '') return 'new';
  if (row.changed_digest !== null) return row.changed_digest === gone ? 'gone' : 'changed';
  return row.kind === 'tool' && toolPin(row) === undefined ? 'unusable' : 'pinned';
}

const anything = () => undefined;
const toolPins = new Map<string, Pinned | undefined>();
const toolPinsMax = 4_000;

/** The tool with its validators, compiled once for each digest; undefined when its schemas cannot be checked. */
function toolPin(row: Row): Pinned | undefined {
  if (toolPins.has(row.digest)) return toolPins.get(row.digest);
  let pin: Pinned | undefined;
  try {
    const tool = JSON.parse(row.body) as ToolDefinition;
    const validateOutput = tool.outputSchema && compileSchema(tool.outputSchema);
    pin = { digest: row.digest, tool, validateInput: compileSchema(tool.inputSchema), validateOutput };
  } catch {
    pin = undefined;
  }
  if (toolPins.size >= toolPinsMax) toolPins.clear();
  toolPins.set(row.digest, pin);
  return pin;
}

/** What people read of a definition, and nothing that a program compares: hidden characters there are made visible. */
function shown(value: Json, words: boolean): Json {
  if (typeof value === 'string') return words ? revealed(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((child) => shown(child, words));
  const entries = Object.entries(value as JsonObject);
  return Object.fromEntries(
    entries.map(([key, child]) => [key, shown(child, key === 'title' || key === 'description' || key === 'instructions')]),
  );
}

const bodyOf = (row: Row): JsonObject => shown(JSON.parse(row.body) as Json, false) as JsonObject;

/** Builds what a connection offers from its rows. */
export function pinsOf(rows: readonly Row[]): Pins {
  const known = new Map(rows.map((row) => [`${row.kind} ${row.name}`, row] as const));
  const server = known.get('server server');
  const standing = rows.filter((row) => stateOf(row) === 'pinned');
  const of = (kind: Row['kind']) => standing.filter((row) => row.kind === kind).map(bodyOf);
  const about = server && server.digest !== '' ? bodyOf(server) : {};
  const capabilities = (about['capabilities'] ?? {}) as JsonObject;
  const general: Pinned | undefined = server && {
    digest: server.digest,
    tool: undefined,
    validateInput: anything,
    validateOutput: undefined,
  };

  const answers = new Map<Row, Pinned | 'changed' | undefined>();

  function pinned(row: Row | undefined): Pinned | 'changed' | undefined {
    if (!row) return undefined;
    if (!answers.has(row)) answers.set(row, answerOf(row));
    return answers.get(row);
  }

  function answerOf(row: Row): Pinned | 'changed' | undefined {
    const state = stateOf(row);
    if (state === 'changed' || state === 'gone') return 'changed';
    if (state !== 'pinned') return undefined;
    return row.kind === 'tool' ? toolPin(row) : { digest: row.digest, tool: undefined, validateInput: anything, validateOutput: undefined };
  }

  /** A resource need not be listed to be read: its address is bounded by the policy, its content is screened. */
  const resource = (name: string) =>
    pinned(known.get(`resource ${name}`) ?? known.get(`template ${name}`)) ??
    (capabilities['resources'] === undefined ? undefined : general);

  return {
    find(method, name) {
      if (method === 'tools/call') return pinned(known.get(`tool ${name}`));
      if (method === 'prompts/get') return pinned(known.get(`prompt ${name}`));
      if (method === 'logging/setLevel') return capabilities['logging'] === undefined ? undefined : general;
      if (method === 'completion/complete') return pinned(known.get(`prompt ${name}`)) ?? resource(name);
      return resource(name);
    },
    definitions: {
      serverInfo: { name: String(about['name'] ?? 'unknown'), version: String(about['version'] ?? 'unknown') },
      ...(typeof about['instructions'] === 'string' && { instructions: about['instructions'] }),
      capabilities,
      tools: of('tool') as unknown as readonly ToolDefinition[],
      prompts: of('prompt'),
      resources: of('resource'),
      resourceTemplates: of('template'),
    },
  };
}
