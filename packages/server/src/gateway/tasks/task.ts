import type { JsonObject } from '@trapkey/contract/json.ts';
import type { TicketView } from '../../kernel/call.ts';
import { rfc3339 } from '../../kernel/clock.ts';

/** How often a client should ask: a person does not decide faster. */
const pollIntervalMs = 5_000;

/** How a task stands, with what belongs to that state and nothing else. */
export type TaskState =
  | { readonly status: 'working'; readonly statusMessage: string }
  | { readonly status: 'cancelled'; readonly statusMessage: string }
  | { readonly status: 'completed'; readonly result: JsonObject }
  | { readonly status: 'failed'; readonly error: { readonly code: number; readonly message: string } };

/** A ticket as the tasks extension shows it: the ticket's id is the task's, bound to its person and release like the ticket. */
export function taskOf(view: TicketView, state: TaskState, changedAtMs = view.createdAtMs): JsonObject {
  return {
    taskId: view.id,
    createdAt: rfc3339(view.createdAtMs),
    lastUpdatedAt: rfc3339(changedAtMs),
    ttlMs: Math.max(1, view.expiresAtMs - view.createdAtMs),
    pollIntervalMs,
    ...state,
  };
}

/** What a held call is answered with: the client comes back with `tasks/get`. */
export function createdTask(view: TicketView, says: string): JsonObject {
  return { ...taskOf(view, { status: 'working', statusMessage: says }), resultType: 'task' };
}
