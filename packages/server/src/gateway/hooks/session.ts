import type { JsonObject } from '@trapkey/contract/json.ts';
import { newCallId } from '../../kernel/ids.ts';
import { noOpinion } from './answers.ts';
import type { EventOf } from './event.ts';
import { report, type Told } from './told.ts';

const promptCharactersMax = 64 * 1024;

/** UserPromptSubmit: what the person asked for is sealed; the record has its digest. */
export async function promptSubmitted(told: Told, event: EventOf<'UserPromptSubmit'>): Promise<JsonObject> {
  const { person, atMs } = told;
  const prompt = event.prompt_id ?? newCallId(atMs);
  const text = event.prompt.slice(0, promptCharactersMax).toWellFormed();
  await report(told, [{ kind: 'prompt', person, session: event.session_id, prompt, text, atMs, by: 'hook' }]);
  return noOpinion;
}

/** SessionStart, which clients tell only to command hooks. */
export async function sessionStarted(told: Told, event: EventOf<'SessionStart'>): Promise<JsonObject> {
  const model = typeof event.model === 'string' ? event.model.slice(0, 128) : undefined;
  await report(told, [{ kind: 'session', person: told.person, session: event.session_id, model, atMs: told.atMs, by: 'hook' }]);
  return noOpinion;
}

/** SessionEnd: what was let run and never told of is closed as unknown, and spent. */
export async function sessionEnded(told: Told, event: EventOf<'SessionEnd'>): Promise<JsonObject> {
  await told.announcements.endSession({ person: told.person, session: event.session_id, atMs: told.atMs });
  return noOpinion;
}

/** SubagentStart and SubagentStop. */
export async function agentChanged(
  told: Told,
  event: EventOf<'SubagentStart'>,
  kind: 'agent_started' | 'agent_ended',
): Promise<JsonObject> {
  const about = { person: told.person, session: event.session_id, agent: event.agent_id, atMs: told.atMs, by: 'hook' } as const;
  await report(told, [kind === 'agent_started' ? { ...about, kind, type: event.agent_type } : { ...about, kind }]);
  return noOpinion;
}
