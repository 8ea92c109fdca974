import type { JsonObject } from '@trapkey/contract/json.ts';
import type { HookCall } from '../../kernel/announced.ts';
import type { Call } from '../../kernel/call.ts';
import { newCallId } from '../../kernel/ids.ts';
import { mainAgent, type RunReport } from '../../kernel/runs.ts';
import type { Caller, GatewayDoors } from '../doors.ts';
import type { HookDoors } from './doors.ts';
import { agentOf, type EventOf } from './event.ts';

/** Who posts an event, and everything that may be done about it. */
export interface Told extends HookDoors {
  readonly caller: Caller;
  readonly person: string;
  readonly atMs: number;
  readonly clock: GatewayDoors['clock'];
  readonly texts: GatewayDoors['texts'];
  readonly log: GatewayDoors['log'];
}

type PreToolUse = EventOf<'PreToolUse'>;

/** The call that an event is about, as it is announced. */
export function hookCallOf({ person, atMs }: Told, event: PreToolUse): HookCall {
  return {
    person,
    toolUse: event.tool_use_id,
    session: event.session_id,
    agent: agentOf(event),
    agentType: event.agent_type,
    prompt: event.prompt_id,
    tool: event.tool_name,
    args: event.tool_input as JsonObject,
    atMs,
  };
}

/** The call of a built-in tool as it is decided: the same as any, asked for by the hook. */
export async function calledBy(told: Told, call: HookCall): Promise<Call> {
  const { caller, atMs, person } = told;
  const { session, agent, prompt, agentType } = call;
  return {
    id: newCallId(atMs),
    attempt: 0,
    atMs,
    endpoint: caller.endpoint,
    method: 'tools/call',
    name: call.tool,
    args: call.args,
    extra: {},
    credential: caller.credential,
    session,
    client: { name: 'claude-code', version: 'hook' },
    claims: { toolUseId: call.toolUse, hookSession: session, ...(agent !== mainAgent && { agentId: agent }) },
    // One witness said it, so no more than a claim comes of it.
    where: await told.trees.where({ person, session, agent, prompt, assurance: 'claimed' }),
    announced: { kind: 'joined', agentType },
    clientCapabilities: {},
    via: 'hook',
    ticket: undefined,
  };
}

/** Tells the tree of agents; what it cannot keep is no reason to lose the rest. */
export async function report(told: Told, reports: readonly RunReport[]): Promise<void> {
  await told.trees.report(reports);
}
