import type { JsonObject } from '@trapkey/contract/json.ts';

/** The extension's id, in capabilities of both sides. */
export const tasksExtension = 'io.modelcontextprotocol/tasks';

/** Whether a client said that it can poll a task. */
export function declaresTasks(capabilities: JsonObject): boolean {
  const extensions = capabilities['extensions'];
  return isObject(extensions) && isObject(extensions[tasksExtension]);
}

/** The capabilities as they go upstream: a task there would be one that nobody here can poll. */
export function withoutTasks(capabilities: JsonObject): JsonObject {
  if (!declaresTasks(capabilities)) return capabilities;
  const { [tasksExtension]: _tasks, ...extensions } = capabilities['extensions'] as JsonObject;
  return { ...capabilities, extensions };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
