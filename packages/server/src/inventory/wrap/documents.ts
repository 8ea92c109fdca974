import type { ToolShape } from '../../kernel/inventory.ts';
import { typedFields } from '../init/outsiders.ts';
import { sortTools, toolLines } from '../init/tools.ts';
import { comment, idOf, listed, scalar } from '../init/yaml-words.ts';
import type { WrappedUpstream } from './upstream-of.ts';

/** A server that was wrapped, as policy will know it. */
export interface WrappedServer {
  readonly name: string;
  readonly connector: string;
  readonly upstream: WrappedUpstream;
  /** What it offers, where it was asked. */
  readonly tools: readonly ToolShape[] | undefined;
}

/** The policy of wrapped servers: they run as before, every call is recorded with what policy would have said. */
export function wrappedDocuments(of: {
  readonly file: string;
  readonly plugin: string;
  readonly person: string;
  readonly servers: readonly WrappedServer[];
}): string {
  const servers = of.servers.flatMap((server) => [...connectorLines(server, of.person), '---']);
  return `${[
    comment(`Written by trapkey wrap for ${of.file}.`, 300),
    '# `mode: observe`: calls run and are recorded, with what would have become of them. Take it away to enforce.',
    ...servers,
    `plugin: ${scalar(of.plugin)}`,
    `owner: ${scalar(of.person)}`,
    'mode: observe',
    `for: ${listed([of.person])}`,
    'release: { version: "1.0.0" }',
    `connectors: ${listed(of.servers.map(({ connector }) => connector))}`,
  ].join('\n')}\n`;
}

function connectorLines({ name, connector, upstream, tools }: WrappedServer, person: string): readonly string[] {
  const sorted = tools && sortTools(tools);
  const all = sorted ? [...sorted.reads, ...sorted.changes].toSorted((a, b) => (a.tool.name < b.tool.name ? -1 : 1)) : [];
  return [
    comment(name),
    `connection: ${scalar(connector)}`,
    `owner: ${scalar(person)}`,
    `upstream: ${JSON.stringify(upstream.upstream)}`,
    ...Object.entries(upstream.connection).map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    '---',
    `connector: ${scalar(connector)}`,
    'mode: observe',
    ...((sorted?.changes.length ?? 0) > 0
      ? ['access: read-write', `because: ${JSON.stringify(`It ran without limits before it was wrapped`)}`]
      : []),
    ...(all.length > 0
      ? toolLines(all, typedFields(tools ?? []))
      : ['# What is listed here with an effect is judged by it; the rest counts as execute.', 'tools: {}']),
    'resources: ["*"]',
    'prompts: ["*"]',
  ];
}

/** What a policy folder needs besides, where there is nothing yet. */
export function firstOrganization(person: string): string {
  const domain = /@([a-z0-9.-]+)$/i.exec(person)?.[1] ?? 'localhost';
  return `# What holds for everyone; written by trapkey wrap because there was no policy.
organization: ${scalar(idOf(domain))}
owner: ${scalar(person)}
solo: true
inside: { domains: ${listed([domain])}, hosts: [localhost] }
approvals: { high: { approvers: ${listed([person])}, needs: 1, expires: 1h } }
---
directory:
  - { person: ${scalar(person)}, groups: [everyone] }
`;
}
