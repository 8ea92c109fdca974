import { mainAgent } from '../../kernel/runs.ts';
import type { TelemetryEvent } from '../../kernel/telemetry.ts';
import { cleanText } from '../clean.ts';
import { numberOf } from './values.ts';

type Attributes = ReadonlyMap<string, string | number | boolean>;

const nameCharactersMax = 128;
const microUsdMax = 1e12;
const tokensMax = 1e10;
const sequenceMax = 2 ** 40;

/** An id of a client: what could pose as our words in the record is none. */
const idForm = /^[\w.:@/+-]{1,128}$/;
const prefix = /^(claude_code|cowork)[._]/;

const ids = ['session.id', 'prompt.id', 'agent_id', 'parent_agent_id', 'request_id', 'tool_use_id'] as const;
const tokenKinds = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_creation_tokens'] as const;
const names = ['agent_type', 'agent.name', 'model', 'skill.name', 'plugin.name', 'mcp_server.name', 'mcp_tool.name', 'tool_name'] as const;

/** Attributes that are read; everything else that a client tells is passed over. */
export const knownAttributes: ReadonlySet<string> = new Set([
  ...ids,
  ...tokenKinds,
  ...names,
  'event.name',
  'event.sequence',
  'prompt',
  'success',
  'cost_usd',
  'cost_usd_micros',
  'tool_parameters',
  'user.id',
  'app.version',
  'service.name',
  'service.version',
]);

/** Reads one item; text says why it cannot be used. Undefined: it tells nothing that is looked at here. */
export function eventOf(item: {
  readonly via: TelemetryEvent['via'];
  readonly name: string;
  readonly saidAtMs: number;
  readonly attributes: Attributes;
}): TelemetryEvent | string | undefined {
  const { via, attributes, saidAtMs } = item;
  const bad = ids.find((key) => (attributes.get(key) ?? '') !== '' && !idForm.test(String(attributes.get(key))));
  if (bad !== undefined) return `${bad} is not an id of at most 128 characters`;
  const session = idIn(attributes, 'session.id');
  if (session === undefined) return 'session.id is missing';
  const sequence = amount(attributes, ['event.sequence'], sequenceMax);
  const cost = costOf(attributes);
  const tokens = amount(attributes, tokenKinds, tokensMax);
  if (sequence === 'bad' || cost === 'bad' || tokens === 'bad') return 'A number is negative, too large or none';
  const agent = idIn(attributes, 'agent_id');
  const skill = nameIn(attributes, 'skill.name');
  return {
    via,
    name: cleanText(item.name.replace(prefix, ''), nameCharactersMax),
    session,
    device: deviceOf(attributes),
    client: clientOf(attributes),
    sequence: via === 'logs' ? sequence : undefined,
    saidAtMs: Math.round(saidAtMs),
    agent: agent === mainAgent ? undefined : agent,
    parent: idIn(attributes, 'parent_agent_id'),
    agentType: nameIn(attributes, 'agent_type'),
    prompt: idIn(attributes, 'prompt.id'),
    promptText: textIn(attributes, 'prompt'),
    model: nameIn(attributes, 'model'),
    request: idIn(attributes, 'request_id'),
    toolUse: idIn(attributes, 'tool_use_id'),
    ...serverOf(attributes),
    succeeded: truthOf(attributes.get('success')),
    skill,
    plugin: nameIn(attributes, 'plugin.name'),
    microUsd: cost ?? 0,
    tokens: tokens ?? 0,
  };
}

/** Of no consequence for what is counted: an id that cannot be one is left out. */
function deviceOf(attributes: Attributes): string | undefined {
  const text = idIn(attributes, 'user.id');
  return text !== undefined && idForm.test(text) ? text : undefined;
}

function clientOf(attributes: Attributes): string | undefined {
  const name = nameIn(attributes, 'service.name');
  const version = nameIn(attributes, 'app.version') ?? nameIn(attributes, 'service.version');
  return name === undefined ? undefined : [name, ...(version === undefined ? [] : [version])].join(' ').slice(0, nameCharactersMax);
}

/** In millionths of a dollar; the whole number that the client made is preferred. */
function costOf(attributes: Attributes): number | 'bad' | undefined {
  const micros = amount(attributes, ['cost_usd_micros'], microUsdMax);
  if (micros !== undefined) return micros;
  const text = attributes.get('cost_usd');
  if (text === undefined) return undefined;
  const dollars = numberOf(text);
  return dollars === undefined || dollars < 0 || dollars * 1e6 > microUsdMax ? 'bad' : Math.round(dollars * 1e6);
}

/** The sum of whole numbers, where any is there. A negative one would give budgets back what was spent. */
function amount(attributes: Attributes, keys: readonly string[], max: number): number | 'bad' | undefined {
  let sum: number | undefined;
  for (const key of keys) {
    const value = attributes.get(key);
    if (value === undefined) continue;
    const number = numberOf(value);
    if (number === undefined || number < 0 || number > max) return 'bad';
    sum = (sum ?? 0) + Math.round(number);
  }
  return sum;
}

/** The MCP server and tool of a tool event: in attributes of their own, or inside `tool_parameters`. */
function serverOf(attributes: Attributes): Pick<TelemetryEvent, 'server' | 'tool'> {
  const text = attributes.get('tool_parameters');
  let inside: Readonly<Record<string, unknown>> = {};
  if (typeof text === 'string' && text.length <= 65_536) {
    try {
      const read: unknown = JSON.parse(text);
      if (typeof read === 'object' && read !== null) inside = read as typeof inside;
    } catch {
      // Clients cut long parameters, which leaves no JSON.
    }
  }
  const named = (own: string, key: string) => {
    const value = inside[key];
    return nameIn(attributes, own) ?? (typeof value === 'string' ? cleanText(value, nameCharactersMax) : undefined);
  };
  const [, server, tool] = /^mcp__(.+?)__(.+)$/.exec(textIn(attributes, 'tool_name') ?? '') ?? [];
  return { server: named('mcp_server.name', 'mcp_server_name') ?? server, tool: named('mcp_tool.name', 'mcp_tool_name') ?? tool };
}

function idIn(attributes: Attributes, key: string): string | undefined {
  const value = attributes.get(key);
  return value === undefined || value === '' ? undefined : String(value);
}

function nameIn(attributes: Attributes, key: string): string | undefined {
  const text = textIn(attributes, key);
  return text === undefined || text === '' ? undefined : cleanText(text, nameCharactersMax);
}

function textIn(attributes: Attributes, key: string): string | undefined {
  const value = attributes.get(key);
  return typeof value === 'string' ? value : undefined;
}

function truthOf(value: string | number | boolean | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}
