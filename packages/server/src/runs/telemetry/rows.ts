import type { PolicySet } from '../../kernel/rules.ts';
import { mainAgent, type RunReport } from '../../kernel/runs.ts';
import type { TelemetryEvent } from '../../kernel/telemetry.ts';
import { ourServer } from './ours.ts';
import type { ModelRequest, Reported } from './store.ts';

interface Of {
  readonly person: string;
  readonly atMs: number;
}

/** What events tell of sessions, agents and prompts; the same thing told twice is told once. */
export function reportsOf({ person, atMs }: Of, events: readonly TelemetryEvent[]): readonly RunReport[] {
  const reports = new Map<string, RunReport>();
  for (const event of events) {
    const { session } = event;
    const of = { person, session, atMs, by: 'telemetry' } as const;
    if (event.name === 'user_prompt' && event.prompt !== undefined) {
      reports.set(`p ${session} ${event.prompt}`, { ...of, kind: 'prompt', prompt: event.prompt, text: event.promptText });
    }
    const agent = event.agent ?? mainAgent;
    if (agent === mainAgent && event.model === undefined) continue;
    // Only the event of an agent's end says by leaving the parent out that there is none above it but the main agent.
    const parent = agent === mainAgent ? undefined : (event.parent ?? (event.name === 'subagent_completed' ? mainAgent : undefined));
    const seen: RunReport = { ...of, kind: 'agent_seen', agent, parent, type: event.agentType, model: event.model };
    reports.set(`a ${session} ${agent} ${parent ?? ''} ${event.agentType ?? ''} ${event.model ?? ''}`, seen);
    if (event.name === 'subagent_completed') reports.set(`e ${session} ${agent}`, { ...of, kind: 'agent_ended', agent });
  }
  return [...reports.values()];
}

/** Tool uses that events tell of, one row each. */
export function reportedOf({ person, atMs }: Of, events: readonly TelemetryEvent[], policy: PolicySet): readonly Reported[] {
  const rows = new Map<string, Reported>();
  for (const event of events) {
    const { toolUse, session } = event;
    if (toolUse === undefined) continue;
    const known = rows.get(toolUse);
    const ours = event.server === undefined ? undefined : ourServer(policy, event.server);
    // Our own tools leave no call behind.
    const mine = ours && event.tool?.startsWith('trapkey_') ? undefined : ours;
    rows.set(toolUse, {
      ...{ person, session: known?.session ?? session, tool_use: toolUse, at_ms: atMs, state: 'waiting' },
      request: known?.request ?? event.request ?? null,
      agent: known?.agent ?? event.agent ?? null,
      prompt: known?.prompt ?? event.prompt ?? null,
      skill: known?.skill ?? event.skill ?? null,
      plugin: known?.plugin ?? mine?.plugin ?? null,
      connector: known?.connector ?? mine?.connector ?? null,
      tool: known?.tool ?? (mine && event.tool) ?? null,
      succeeded: known?.succeeded ?? (event.name === 'tool_result' && event.succeeded !== undefined ? Number(event.succeeded) : null),
    });
  }
  return [...rows.values()];
}

/** What models cost. A request without an id is known by its number and time in the session. */
export function requestsOf(
  { person, atMs }: Of,
  events: readonly TelemetryEvent[],
  { limits }: Pick<PolicySet, 'limits'>,
): readonly ModelRequest[] {
  // Where nothing is limited there is nothing to count.
  const counted = limits === undefined ? 1 : 0;
  return events
    .filter(({ name, via }) => name === 'api_request' && via === 'logs')
    .map(({ session, request, sequence, saidAtMs, model, agent, microUsd, tokens }) => ({
      ...{ person, session, request: request ?? `#${sequence ?? ''}@${saidAtMs}`, at_ms: atMs },
      ...{ model: model ?? null, agent: agent ?? mainAgent, micro_usd: microUsd, tokens, counted },
    }));
}
