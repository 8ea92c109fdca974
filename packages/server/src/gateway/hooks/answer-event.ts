import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Caller } from '../doors.ts';
import type { Front } from '../front.ts';
import { afterTool, toolFailed } from './after.ts';
import { denied, noOpinion, promptRefused, withheld } from './answers.ts';
import { beforeTool } from './before.ts';
import type { HookDoors } from './doors.ts';
import type { HookEvent } from './event.ts';
import { agentChanged, promptSubmitted, sessionEnded, sessionStarted } from './session.ts';
import type { Told } from './told.ts';

interface Read {
  readonly event: HookEvent;
  readonly strict: boolean;
}

/** Two hooks of one client post the same call at once: they are answered one after the other. By person and call. */
const turns = new Map<string, Promise<unknown>>();

/** Answers one event of a caller that was let in. Never throws: what was not expected is a no, and is logged. */
export async function answerEvent(front: Front, hooks: HookDoors, caller: Caller, { event, strict }: Read): Promise<JsonObject> {
  const { clock, texts, log } = front;
  const person = hooks.personKey(hooks.policy(), caller.credential.person);
  const told: Told = { ...hooks, caller, person, atMs: clock(), clock, texts, log };
  try {
    if (event.kind === 'PreToolUse')
      return await inTurn(`${person}\n${event.event.tool_use_id}`, () => beforeTool({ ...told, atMs: clock() }, event.event));
    return await answerOther(told, event, strict);
  } catch (error) {
    log('a hook could not be answered', error);
    return failedAnswer(event);
  }
}

function answerOther(told: Told, event: Exclude<HookEvent, { kind: 'PreToolUse' }>, strict: boolean): Promise<JsonObject> | JsonObject {
  switch (event.kind) {
    case 'PostToolUse':
      return afterTool(told, event.event, strict);
    case 'PostToolUseFailure':
      return toolFailed(told, event.event, strict);
    case 'UserPromptSubmit':
      return promptSubmitted(told, event.event);
    case 'SessionStart':
      return sessionStarted(told, event.event);
    case 'SessionEnd':
      return sessionEnded(told, event.event);
    case 'SubagentStart':
      return agentChanged(told, event.event, 'agent_started');
    case 'SubagentStop':
      return agentChanged(told, event.event, 'agent_ended');
    case 'other':
      return noOpinion;
  }
}

/** Nothing that can still be kept from happening happens without its entry. */
function failedAnswer(event: HookEvent): JsonObject {
  switch (event.kind) {
    case 'PreToolUse':
      return denied(
        'NOT DONE: it could not be decided or recorded, so it does not run (record_unavailable). Nothing was changed.\nTry again later.',
      );
    case 'PostToolUse':
      return withheld('DONE, BUT THE RESULT IS WITHHELD: what came of it could not be recorded. It was carried out; do not repeat it.');
    case 'UserPromptSubmit':
      return promptRefused('Trapkey could not record this prompt, so it is not taken. Send it again in a moment.');
    default:
      return noOpinion;
  }
}

async function inTurn<T>(key: string, act: () => Promise<T>): Promise<T> {
  const before = turns.get(key) ?? Promise.resolve();
  const mine = before.then(act, act);
  turns.set(key, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(key) === mine) turns.delete(key);
  }
}
