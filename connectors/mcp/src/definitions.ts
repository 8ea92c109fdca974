import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Definitions, ToolDefinition } from '@trapkey/contract/upstream.ts';
import { listItemsMax, listPagesMax } from './limits.ts';
import type { Session, SessionReply } from './link.ts';

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): value is string => typeof value === 'string';

function wrong(reply: Exclude<SessionReply, { kind: 'result' }>): string {
  if (reply.kind === 'error') return `${reply.code} ${reply.message}`;
  return reply.kind === 'expired' ? 'the session expired' : reply.kind === 'refused' ? reply.refusal.says : reply.detail;
}

/** Every page of one list, as raw as it came; a list that does not end is an error. */
async function listAll(
  session: Session,
  method: string,
  key: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < listPagesMax; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const reply = await session.send({ method, params, clientCapabilities: declared, idempotencyKey: undefined }, { signal }, timeoutMs);
    if (reply.kind !== 'result') throw new Error(`${method}: ${wrong(reply)}`);
    const found = reply.result[key];
    if (!Array.isArray(found)) throw new Error(`${method} answered without a list of ${key}`);
    items.push(...found.filter(isObject));
    if (items.length > listItemsMax) throw new Error(`${method} lists more than ${listItemsMax} items`);
    const next = reply.result['nextCursor'];
    if (!text(next) || next === cursor) return items;
    cursor = next;
  }
  throw new Error(`${method} has more than ${listPagesMax} pages`);
}

/** What this gateway can relay for a client; some servers list other tools for clients that can do more. */
export const declared: JsonObject = { elicitation: { form: {}, url: {} } };

function isTool(item: JsonObject): boolean {
  return text(item['name']) && item['name'].length > 0 && isObject(item['inputSchema']);
}

/** The tools alone, as defined now. */
export async function listTools(session: Session, signal: AbortSignal, timeoutMs: number): Promise<readonly ToolDefinition[]> {
  const tools = await listAll(session, 'tools/list', 'tools', signal, timeoutMs);
  return tools.filter(isTool) as unknown as readonly ToolDefinition[];
}

/** Everything that an upstream declares about itself. Rejects when it declares nonsense. */
export async function readDefinitions(session: Session, signal: AbortSignal, timeoutMs: number): Promise<Definitions> {
  const { client } = session;
  const capabilities = (client.getServerCapabilities() ?? {}) as JsonObject;
  const info = client.getServerVersion();
  const instructions = client.getInstructions();
  const list = (capability: string, method: string, key: string) =>
    capabilities[capability] === undefined ? Promise.resolve([]) : listAll(session, method, key, signal, timeoutMs);
  return {
    serverInfo: { name: info?.name ?? 'unknown', version: info?.version ?? 'unknown' },
    ...(instructions !== undefined && { instructions }),
    capabilities,
    tools: capabilities['tools'] === undefined ? [] : await listTools(session, signal, timeoutMs),
    prompts: await list('prompts', 'prompts/list', 'prompts'),
    resources: await list('resources', 'resources/list', 'resources'),
    // Servers that have resources and no templates often do not know this method.
    resourceTemplates: await list('resources', 'resources/templates/list', 'resourceTemplates').catch(() => []),
  };
}
