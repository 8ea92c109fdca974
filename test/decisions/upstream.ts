import { createHash } from 'node:crypto';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Definitions, UpstreamReply } from '@trapkey/contract/upstream.ts';
import type { Execute } from '../../packages/server/src/effects/execute/effect.ts';
import type { Pinned } from '../../packages/server/src/kernel/facts.ts';
import type { DefinitionLister, DefinitionReader } from '../../packages/server/src/kernel/readers.ts';
import { compileSchema } from '../../packages/server/src/kernel/schema.ts';

/** What one connection's upstream offers, as a fixture. */
export interface UpstreamFixture {
  readonly tools: Readonly<Record<string, JsonObject>>;
  readonly prompts?: readonly string[];
  readonly resources?: readonly string[];
  readonly answers?: Readonly<Record<string, JsonObject>>;
}
export type UpstreamFixtures = Readonly<Record<string, UpstreamFixture>>;

/** How a tool answers: with structured content, or with a way of failing. */
export type FixtureAnswer = JsonObject | 'fails' | 'unsent' | 'lost' | 'garbage';

export interface Reached {
  readonly connection: string;
  readonly method: string;
  readonly params: JsonObject;
}

/** Upstreams that do nothing but remember what reached them, and the definitions that were reviewed of them. */
export function recordingUpstream(fixtures: UpstreamFixtures) {
  const reached: Reached[] = [];
  const answers = new Map<string, FixtureAnswer>();
  const [changed, missing] = [new Set<string>(), new Set<string>()];
  for (const fixture of Object.values(fixtures))
    for (const [tool, answer] of Object.entries(fixture.answers ?? {})) answers.set(tool, answer);
  const execute: Execute = async ({ connector }, { method, params }) => {
    const name = String(params['name'] ?? params['uri'] ?? '');
    reached.push({ connection: connector.connection, method, params });
    return replyOf(method, answers.get(name) ?? { ok: true }, name);
  };
  const definitions: DefinitionReader & DefinitionLister = {
    find(connection, method, name) {
      const fixture = fixtures[connection];
      if (!fixture || missing.has(name)) return undefined;
      if (changed.has(name)) return 'changed';
      return method === 'tools/call' ? pinnedTool(name, fixture.tools[name]) : pinnedOther(method, name);
    },
    all: (connection) => fixtures[connection] && listed(fixtures[connection]),
  };
  return { reached, answers, changed, missing, execute, definitions };
}

function pinnedTool(name: string, inputSchema: JsonObject | undefined): Pinned | undefined {
  if (!inputSchema) return undefined;
  return {
    digest: digestOf({ name, inputSchema }),
    tool: { name, inputSchema },
    validateInput: compileSchema(inputSchema),
    validateOutput: undefined,
  };
}

function pinnedOther(method: string, name: string): Pinned {
  return { digest: digestOf({ method, name }), tool: undefined, validateInput: () => undefined, validateOutput: undefined };
}

function listed(fixture: UpstreamFixture): Definitions {
  return {
    serverInfo: { name: 'fixture', version: '1' },
    capabilities: { tools: {}, prompts: {}, resources: {} },
    tools: Object.entries(fixture.tools).map(([name, inputSchema]) => ({ name, inputSchema })),
    prompts: (fixture.prompts ?? []).map((name) => ({ name })),
    resources: (fixture.resources ?? []).map((uri) => ({ uri, name: uri })),
    resourceTemplates: [],
  };
}

function replyOf(method: string, answer: FixtureAnswer, name: string): UpstreamReply {
  if (answer === 'unsent' || answer === 'lost' || answer === 'garbage') return { kind: answer, detail: `the fixture is ${answer}` };
  if (answer === 'fails') return { kind: 'result', bytes: 10, result: { content: [{ type: 'text', text: 'no' }], isError: true } };
  return { kind: 'result', bytes: 100, result: resultOf(method, answer, name) };
}

function resultOf(method: string, answer: JsonObject, name: string): JsonObject {
  if (method === 'resources/read') return { contents: [{ uri: name, text: 'text' }] };
  if (method === 'prompts/get') return { messages: [{ role: 'user', content: { type: 'text', text: 'text' } }] };
  if (method === 'completion/complete') return { completion: { values: ['one'] } };
  return { content: [{ type: 'text', text: JSON.stringify(answer) }], structuredContent: answer };
}

function digestOf(value: object): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(value)).digest('hex')}`;
}
