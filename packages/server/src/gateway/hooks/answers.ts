import type { JsonObject } from '@trapkey/contract/json.ts';

/** What a client reads as no opinion: its own rules go on. */
export const noOpinion: JsonObject = {};

/**
 * The one answer that keeps a tool from running: `continue: false` does not, and neither does an HTTP error unless the
 * hook says `onFailure: "block"`.
 */
export function denied(reason: string): JsonObject {
  return { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: reason } };
}

/** It may run; with what a person approved in the place of what was asked, where they did. */
export function allowed(reason: string, updatedInput: JsonObject | undefined): JsonObject {
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'allow',
      permissionDecisionReason: reason,
      ...(updatedInput && { updatedInput }),
    },
  };
}

/** It ran, and its end could not be recorded: the model is told so in the place of the result. */
export function withheld(says: string): JsonObject {
  return { hookSpecificOutput: { hookEventName: 'PostToolUse', updatedToolOutput: says, additionalContext: says } };
}

/** The prompt is not taken. */
export function promptRefused(reason: string): JsonObject {
  return { decision: 'block', reason };
}
