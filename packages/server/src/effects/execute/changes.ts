import type { JsonObject } from '@trapkey/contract/json.ts';

/** What an upstream said has changed; `person` where only one person's upstream said it. */
export interface UpstreamChange {
  readonly connection: string;
  readonly kind: 'tools' | 'prompts' | 'resources' | 'resource';
  readonly uri?: string;
  readonly person?: string;
}

const lists: Readonly<Record<string, UpstreamChange['kind']>> = {
  'notifications/tools/list_changed': 'tools',
  'notifications/prompts/list_changed': 'prompts',
  'notifications/resources/list_changed': 'resources',
};

/** Reads a notification of an upstream; undefined when it is none of a change. */
export function changeOf(connection: string, person: string | undefined, method: string, params: JsonObject): UpstreamChange | undefined {
  const who = person === undefined ? {} : { person };
  const kind = lists[method];
  if (kind) return { connection, kind, ...who };
  const { uri } = params;
  if (method !== 'notifications/resources/updated' || typeof uri !== 'string' || uri.length > 2_048) return undefined;
  return { connection, kind: 'resource', uri, ...who };
}
