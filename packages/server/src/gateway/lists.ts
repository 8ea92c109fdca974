import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { ToolDefinition } from '@trapkey/contract/upstream.ts';
import type { Offered } from '../kernel/offer.ts';
import { legacyRevisions, metaKeys, modernRevisions } from './era.ts';
import type { OwnTool } from './own-tools/own-tool.ts';
import { isObject } from './rpc.ts';
import { tasksExtension } from './tasks/declared.ts';

/** The lists, and the capability without which a method does not exist. */
export const listed: Readonly<Record<string, { readonly capability: string; readonly key: string }>> = {
  'tools/list': { capability: 'tools', key: 'tools' },
  'prompts/list': { capability: 'prompts', key: 'prompts' },
  'resources/list': { capability: 'resources', key: 'resources' },
  'resources/templates/list': { capability: 'resources', key: 'resourceTemplates' },
};

/** The capability that a governed method belongs to; `tools/call` always exists, so that a refusal can be said. */
export const governedBy: Readonly<Record<string, string>> = {
  'prompts/get': 'prompts',
  'resources/read': 'resources',
  'resources/subscribe': 'resources',
  'resources/unsubscribe': 'resources',
  'completion/complete': 'completions',
};

/** What Trapkey passes on of what the pinned upstream declares. */
export function capabilitiesOf(offered: Offered, own: readonly OwnTool[], era: 'modern' | 'legacy'): JsonObject {
  const { tools, prompts, resources, completions, logging } = offered.capabilities;
  const changes = (declared: Json | undefined) => (isObject(declared) && declared['listChanged'] === true ? { listChanged: true } : {});
  return {
    ...((tools !== undefined || own.length > 0) && { tools: changes(tools) }),
    ...(prompts !== undefined && { prompts: changes(prompts) }),
    ...(resources !== undefined && {
      resources: { ...changes(resources), ...(isObject(resources) && resources['subscribe'] === true && { subscribe: true }) },
    }),
    ...(completions !== undefined && { completions: {} }),
    ...(logging !== undefined && era === 'legacy' && { logging: {} }),
    ...(own.length > 0 && era === 'modern' && { extensions: { [tasksExtension]: {} } }),
  };
}

const toolLists = new WeakMap<readonly ToolDefinition[], readonly ToolDefinition[]>();

/** One list, from the pinned catalog. */
export function listResult(method: string, offered: Offered, own: readonly OwnTool[], era: 'modern' | 'legacy', ttlMs: number): JsonObject {
  const key = listed[method]?.key ?? '';
  const items = key === 'tools' ? withOwn(offered.tools, own) : (offered as unknown as Record<string, Json>)[key];
  const list = { [key]: items as Json };
  return era === 'legacy'
    ? list
    : { ...list, resultType: 'complete', ttlMs, cacheScope: 'private', _meta: { [metaKeys.serverInfo]: offered.serverInfo } };
}

function withOwn(tools: readonly ToolDefinition[], own: readonly OwnTool[]): readonly ToolDefinition[] {
  if (own.length === 0) return tools;
  let all = toolLists.get(tools);
  if (!all) {
    all = [...tools, ...own.map((tool) => tool.definition)];
    toolLists.set(tools, all);
  }
  return all;
}

/** `server/discover` (2026-07-28). */
export function discoverResult(offered: Offered, own: readonly OwnTool[], ttlMs: number): JsonObject {
  return {
    resultType: 'complete',
    supportedVersions: modernRevisions,
    capabilities: capabilitiesOf(offered, own, 'modern'),
    ...(offered.instructions !== undefined && { instructions: offered.instructions }),
    ttlMs,
    cacheScope: 'private',
    _meta: { [metaKeys.serverInfo]: offered.serverInfo },
  };
}

/** `initialize` (2025): the asked revision where it is spoken, else the newest of that era. */
export function initializeResult(offered: Offered, own: readonly OwnTool[], version: string): JsonObject {
  return {
    protocolVersion: version,
    capabilities: capabilitiesOf(offered, own, 'legacy'),
    serverInfo: offered.serverInfo,
    ...(offered.instructions !== undefined && { instructions: offered.instructions }),
  };
}

export function negotiated(asked: Json | undefined): string {
  return typeof asked === 'string' && legacyRevisions.includes(asked) ? asked : (legacyRevisions[0] as string);
}
