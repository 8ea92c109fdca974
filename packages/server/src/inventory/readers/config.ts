import type { JsonObject } from '@trapkey/contract/json.ts';
import { revealed } from '../../kernel/revealed.ts';
import { readConnectors } from './connectors.ts';
import type { Notice } from './files.ts';
import { objectOf, stringOf } from './json.ts';
import { secretNames } from './masked.ts';
import { countHooks } from './parts.ts';
import { serversOf } from './plugin.ts';
import type { ReadPlugin } from './read-plugin.ts';

/** What one configuration file of a client holds, as one thing that its agent has at hand. Undefined when it holds nothing. */
export function readConfig(config: JsonObject, name: string, file: string, notice: Notice): ReadPlugin | undefined {
  const told: Notice = (finding) => notice({ plugin: name, file, ...finding });
  const servers: JsonObject = { ...(serversOf(config) ?? {}), ...objectOf(config['managedMcpServers']) };
  const connectors = [...readConnectors(servers, file, name, told)];
  for (const [project, value] of Object.entries(objectOf(config['projects']) ?? {}).slice(0, 2_000)) {
    const own = objectOf(objectOf(value)?.['mcpServers']);
    if (own)
      connectors.push(
        ...readConnectors(own, file, name, told).map((one) => ({
          ...one,
          entry: { ...one.entry, name: `${one.entry.name} (${revealed(project.split(/[\\/]/).at(-1) ?? project)})` },
        })),
      );
  }
  const hooks = countHooks([objectOf(config['hooks'])], (says) => told({ rule: 'hook', severity: 'medium', says }));
  settingsFindings(config, told);
  const secrets = [...connectors.flatMap(({ entry }) => entry.secrets), ...secretNames(objectOf(config['env']) ?? {})];
  if (connectors.length === 0 && hooks.all === 0 && secrets.length === 0) return undefined;
  return {
    name,
    kind: file.endsWith('.mcp.json') ? 'config' : 'client',
    file,
    counts: { skills: 0, commands: 0, agents: 0, hooks: hooks.all, servers: 0 },
    connectors,
    secrets: [...new Set(secrets)],
    hosts: [],
    sources: [],
    scripts: [],
    runs: hooks.runs > 0 ? ['hooks'] : [],
  };
}

/** Settings that let agents do more without being asked. */
function settingsFindings(config: JsonObject, tell: Notice): void {
  const permissions = objectOf(config['permissions']);
  if (stringOf(permissions?.['defaultMode']) === 'bypassPermissions')
    tell({
      rule: 'asks_nobody',
      severity: 'critical',
      says: 'lets the client run every tool without asking (defaultMode: bypassPermissions)',
    });
  if (config['enableAllProjectMcpServers'] === true)
    tell({
      rule: 'trusts_projects',
      severity: 'high',
      says: 'starts the servers of every project that is opened (enableAllProjectMcpServers)',
    });
  const allowed = Array.isArray(permissions?.['allow']) ? permissions['allow'] : [];
  if (allowed.some((rule) => rule === 'Bash' || rule === 'Bash(*)' || rule === '*'))
    tell({ rule: 'asks_nobody', severity: 'high', says: 'allows every shell command without asking' });
  for (const [name, value] of Object.entries(objectOf(config['extraKnownMarketplaces']) ?? {}).slice(0, 200)) {
    const source = objectOf(objectOf(value)?.['source']);
    if (stringOf(source?.['source']) === 'github' && !/^[0-9a-f]{40}$/.test(stringOf(source?.['ref']) ?? ''))
      tell({
        rule: 'unpinned_marketplace',
        severity: 'low',
        says: `adds the marketplace ${revealed(name)} without a commit: its list can change by itself`,
      });
  }
}
