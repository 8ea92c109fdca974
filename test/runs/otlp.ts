/** One event as Claude Code 2.1.329 tells it: shapes as recorded, written by hand. */
export interface OtlpEvent {
  readonly name: string;
  readonly atMs: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

const anyValue = (value: string | number | boolean) =>
  typeof value === 'string'
    ? { stringValue: value }
    : typeof value === 'boolean'
      ? { boolValue: value }
      : Number.isInteger(value)
        ? { intValue: value }
        : { doubleValue: value };
const attributesOf = (attributes: OtlpEvent['attributes']) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));

/** A delivery of log records, in OTLP's JSON. */
export function logsJson(events: readonly OtlpEvent[], shared: OtlpEvent['attributes'] = {}) {
  const logRecords = events.map(({ name, atMs, attributes }) => ({
    timeUnixNano: `${atMs}000000`,
    body: { stringValue: `claude_code.${name}` },
    attributes: attributesOf({ 'event.name': name, ...attributes }),
  }));
  return {
    resourceLogs: [
      {
        resource: { attributes: attributesOf({ 'service.name': 'claude-code', ...shared }) },
        scopeLogs: [{ scope: { name: 'com.anthropic.claude_code.events' }, logRecords }],
      },
    ],
  };
}

/**
 * The telemetry of one nested run: the main agent starts a researcher, the researcher a writer, and each calls a tool of
 * the plugin. Five requests to models, 15 cents in all.
 */
export function nestedRun(session: string, uses: readonly [string, string, string], startMs = 1_780_000_000_000): readonly OtlpEvent[] {
  const [researcher, writer] = ['aaaa1111', 'bbbb2222'];
  const inside = { agent_id: researcher };
  const deeper = { agent_id: writer, parent_agent_id: researcher };
  const list: readonly (readonly [string, OtlpEvent['attributes']])[] = [
    ['user_prompt', { prompt: 'Find the things and write them up', prompt_length: 33 }],
    [
      'api_request',
      { request_id: 'req_1', model: 'claude-opus-5', cost_usd: 0.05, cost_usd_micros: 50_000, input_tokens: 900, output_tokens: 100 },
    ],
    ['tool_decision', { decision: 'accept', tool_use_id: uses[0], request_id: 'req_1' }],
    ['tool_result', mcpResult(uses[0])],
    [
      'api_request',
      {
        ...inside,
        request_id: 'req_2',
        model: 'claude-sonnet-4.6',
        cost_usd: 0.03,
        input_tokens: 500,
        output_tokens: 50,
        cache_read_tokens: 50,
      },
    ],
    ['tool_decision', { ...inside, decision: 'accept', tool_use_id: uses[1], request_id: 'req_2' }],
    ['tool_result', { ...inside, ...mcpResult(uses[1]) }],
    [
      'api_request',
      { ...deeper, request_id: 'req_3', model: 'claude-sonnet-4.6', cost_usd: '0.02', input_tokens: '400', output_tokens: '100' },
    ],
    ['tool_decision', { ...deeper, decision: 'accept', tool_use_id: uses[2], request_id: 'req_3' }],
    ['tool_result', { ...deeper, ...mcpResult(uses[2]) }],
    ['subagent_completed', { ...deeper, agent_type: 'desk:writer', total_tokens: 500, model: 'claude-sonnet-4.6' }],
    ['api_request', { ...inside, request_id: 'req_4', model: 'claude-sonnet-4.6', cost_usd: 0.01, input_tokens: 90, output_tokens: 10 }],
    ['subagent_completed', { ...inside, agent_type: 'desk:researcher', total_tokens: 700, model: 'claude-sonnet-4.6' }],
    ['api_request', { request_id: 'req_5', model: 'claude-opus-5', cost_usd: 0.04, input_tokens: 700, output_tokens: 300 }],
  ];
  return list.map(([name, attributes], at) => ({
    name,
    atMs: startMs + at * 1_000,
    attributes: {
      'session.id': session,
      'event.sequence': at + 1,
      'prompt.id': 'p-1',
      'user.email': 'boss@corp.example',
      'organization.id': 'another',
      ...attributes,
    },
  }));
}

function mcpResult(toolUse: string): OtlpEvent['attributes'] {
  const parameters = { mcp_server_name: 'plugin_desk_crm', mcp_tool_name: 'get_thing' };
  return { tool_name: 'mcp_tool', tool_use_id: toolUse, success: 'true', duration_ms: 30, tool_parameters: JSON.stringify(parameters) };
}
