import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ToolShape } from '../../kernel/inventory.ts';
import type { KnownTools } from '../classify/classify.ts';
import { outsidersLines, typedFields } from './outsiders.ts';
import { leftOut, type Sorted, sortTools, toolLines } from './tools.ts';
import { comment, freeId, idOf, listed, scalar } from './yaml-words.ts';

/** One server to be governed: how it is reached, and what it offers. */
export interface GovernedServer {
  readonly name: string;
  /** The `upstream` of its connection, as policy has it. */
  readonly upstream: JsonObject;
  /** Further keys of its connection, such as `network` or `env`. */
  readonly connection?: JsonObject;
  readonly tools: readonly ToolShape[];
  /** What the bundled catalog says of its tools. */
  readonly known?: KnownTools;
}

/** For whom a policy is written. */
export interface PolicyChoice {
  readonly organization: string;
  /** Owns everything and approves what is held, until somebody else is written there. */
  readonly owner: string;
  readonly plugin: string;
  readonly version?: string;
  readonly servers: readonly GovernedServer[];
}

/** A policy as files, and which connectors stand for each server. */
export interface WrittenPolicy {
  readonly files: Readonly<Record<string, string>>;
  readonly connectors: ReadonlyMap<string, readonly string[]>;
}

/**
 * A starter policy from tool definitions alone: reading is offered, changing is a connector of its own whose calls a person
 * approves, what nobody could classify is not offered. The same tools give the same bytes.
 */
export function policyOfTools(choice: PolicyChoice): WrittenPolicy {
  const taken = new Set<string>();
  const files: Record<string, string> = {};
  const connectors = new Map<string, readonly string[]>();
  for (const server of choice.servers) {
    const id = freeId(idOf(server.name), new Set([...taken, ...[...taken].map((one) => one.replace(/-act$/, ''))]));
    const sorted = sortTools(server.tools, server.known);
    const own = [id, ...(sorted.changes.length > 0 ? [`${id}-act`] : [])];
    for (const one of own) taken.add(one);
    connectors.set(server.name, own);
    files[`${id}.yaml`] = serverFile(id, server, sorted, choice.owner);
  }
  files['organization.yaml'] = organizationFile(choice);
  files['plugin.yaml'] = pluginFile(choice, [...taken]);
  return { files, connectors };
}

function serverFile(id: string, server: GovernedServer, sorted: Sorted, owner: string): string {
  const fields = typedFields(server.tools);
  const lines = [
    comment(`${server.name}: ${sorted.reads.length} tools read, ${sorted.changes.length} change, ${sorted.unknown.length} are not known.`),
    `connection: ${scalar(id)}`,
    `owner: ${scalar(owner)}`,
    `upstream: ${JSON.stringify(server.upstream)}`,
    ...Object.entries(server.connection ?? {}).map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    '---',
    '# Reading. What is not listed is not offered.',
    `connector: ${scalar(id)}`,
    ...outsidersLines(fields),
    ...toolLines(sorted.reads, fields),
    ...leftOut(sorted.unknown),
  ];
  if (sorted.changes.length > 0)
    lines.push(
      '---',
      '# Changing: a connector of its own, with an endpoint and stops of its own. A person approves each call.',
      `connector: ${scalar(`${id}-act`)}`,
      `connection: ${scalar(id)}`,
      'access: read-write',
      'because: "Proposed by trapkey init; write here why this plugin needs to change things"',
      ...outsidersLines(fields),
      ...toolLines(sorted.changes, fields),
    );
  return `${lines.join('\n')}\n`;
}

function organizationFile({ organization, owner }: PolicyChoice): string {
  const domain = /@([a-z0-9.-]+)$/i.exec(owner)?.[1] ?? 'localhost';
  return `# What holds for everyone. \`solo\` ends when a second person can approve and change policy.
organization: ${scalar(idOf(organization))}
owner: ${scalar(owner)}
solo: true
# What is not inside is outside; add your own domains and hosts.
inside: { domains: ${listed([domain])}, hosts: [localhost] }
tiers: { low: [read, draft], medium: [write], high: [delete, send, pay, execute] }
# Nothing that changes runs without a person until you say so.
autonomy: { start: approve }
approvals: { high: { approvers: ${listed([owner])}, needs: 1, expires: 1h } }
# For every plugin without its own.
limits: { actions: 500 per 1h, writes: 100 per 1h, people: 200 per 1d, rows_read: 200000 per 1d, depth: 3, agents: 16 per run }
---
directory:
  - { person: ${scalar(owner)}, groups: [everyone] }
`;
}

function pluginFile({ plugin, version = '1.0.0', owner }: PolicyChoice, connectors: readonly string[]): string {
  return `# Who may use which connectors, and in which release.
plugin: ${scalar(idOf(plugin))}
owner: ${scalar(owner)}
for: ["group:everyone"]
release: { version: ${JSON.stringify(version)} }
connectors: ${listed(connectors)}
# A tool that people always approve can be let run: autonomy: { ${connectors.at(-1) ?? 'crm-act'}.tool: unattended }
`;
}
