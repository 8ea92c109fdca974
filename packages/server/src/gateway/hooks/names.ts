import type { PolicySet } from '../../kernel/rules.ts';

/** A tool of an MCP server, as far as its announced name tells whose it is. */
export interface McpTool {
  readonly plugin: string;
  readonly version: string;
  readonly connector: string;
  readonly tool: string;
}

const known = new WeakMap<PolicySet, ReadonlyMap<string, Omit<McpTool, 'tool'>>>();
const prefix = 'mcp__';
const serverCharactersMax = 200;

/** Whether the client names a tool of an MCP server, and not one of its own. */
export function isMcp(tool: string): boolean {
  return tool.startsWith(prefix);
}

/**
 * The connector of the policy that a client's name stands for: `mcp__plugin_<plugin>_<server>__<tool>` of a server that a
 * plugin brought, `mcp__<plugin>-<connector>__<tool>` as `trapkey connect` names it. Undefined: no connector of ours.
 */
export function mcpTool(policy: PolicySet, announced: string): McpTool | undefined {
  const servers = serversOf(policy);
  const rest = announced.slice(prefix.length);
  for (let at = rest.indexOf('__'); at > 0 && at <= serverCharactersMax; at = rest.indexOf('__', at + 1)) {
    const server = servers.get(rest.slice(0, at));
    if (server) return { ...server, tool: rest.slice(at + 2) };
  }
  return undefined;
}

function serversOf(policy: PolicySet): ReadonlyMap<string, Omit<McpTool, 'tool'>> {
  const found = known.get(policy);
  if (found) return found;
  const made = new Map<string, Omit<McpTool, 'tool'>>();
  for (const plugin of policy.plugins.values()) {
    for (const connector of plugin.connectors) {
      const server = { plugin: plugin.id, version: plugin.version, connector };
      made.set(`plugin_${plugin.id}_${connector}`, server);
      made.set(`${plugin.id}-${connector}`, server);
    }
  }
  known.set(policy, made);
  return made;
}
