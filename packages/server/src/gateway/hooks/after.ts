import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { HookResult } from '../../kernel/announced.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import { noOpinion } from './answers.ts';
import { launches } from './before.ts';
import { agentOf, childOf, type EventOf } from './event.ts';
import { isMcp } from './names.ts';
import { report, type Told } from './told.ts';

/** A result that is larger than this is counted and not kept. */
const keptBytesMax = 256 * 1024;

type Ended = EventOf<'PostToolUse'> | EventOf<'PostToolUseFailure'>;

/** PostToolUse: a built-in tool ran; what a launching tool answers says who launched whom. */
export async function afterTool(told: Told, event: EventOf<'PostToolUse'>, strict: boolean): Promise<JsonObject> {
  const { person, atMs } = told;
  if (launches.has(event.tool_name)) {
    const launched = {
      kind: 'launched',
      person,
      session: event.session_id,
      agent: agentOf(event),
      toolUse: event.tool_use_id,
      atMs,
    } as const;
    await report(told, [{ ...launched, by: 'hook', ...childOf(event.tool_response) }]);
  }
  return await ended(told, event, { outcome: 'done', isError: false, response: event.tool_response, strict });
}

/** PostToolUseFailure: it began, and failed. */
export async function toolFailed(told: Told, event: EventOf<'PostToolUseFailure'>, strict: boolean): Promise<JsonObject> {
  return await ended(told, event, { outcome: 'failed', isError: true, response: event.error, strict });
}

interface Said extends Pick<HookResult, 'outcome' | 'isError'> {
  readonly response: unknown;
  /** False where the body was not I-JSON: it is counted, and kept by nobody. */
  readonly strict: boolean;
}

async function ended(told: Told, event: Ended, said: Said): Promise<JsonObject> {
  // What went through the gateway has its entry there.
  if (isMcp(event.tool_name)) return noOpinion;
  const text = said.response === undefined ? '' : JSON.stringify(said.response);
  const bytes = Buffer.byteLength(text);
  const finished = await told.announcements.finish({
    person: told.person,
    toolUse: event.tool_use_id,
    session: event.session_id,
    outcome: said.outcome,
    isError: said.isError,
    bytes,
    payload: said.strict && bytes > 0 && bytes <= keptBytesMax ? (said.response as Json) : undefined,
    tookMs: event.duration_ms,
    atMs: told.atMs,
  });
  if (finished === 'unknown') await undecided(told, event);
  return noOpinion;
}

/** It ran although nothing let it: a hook that failed open, or was not asked. */
async function undecided(told: Told, event: Ended): Promise<void> {
  const { credential, endpoint } = told.caller;
  await told.note({
    timestamp: rfc3339(told.atMs),
    kind: 'attributed',
    actor: 'claude-code',
    on_behalf_of: credential.person,
    plugin: `${endpoint.plugin}@${endpoint.version}`,
    connector: endpoint.connector,
    tool: event.tool_name.slice(0, 128),
    session: event.session_id,
    agent: { id: agentOf(event) },
    coverage: 'reported',
    detail: 'The client ran it, and nothing here had let it run in this session.',
    assurance: { on_behalf_of: credential.assurance.person, session: 'claimed', agent: 'claimed' },
  });
  const says = 'A client ran a tool of its own that nothing here had let run: its hook failed open, or was not asked.';
  told.raise({
    kind: 'bypass',
    scope: `plugin:${endpoint.plugin}`,
    plugin: endpoint.plugin,
    connector: endpoint.connector,
    says,
    atMs: told.atMs,
  });
}
