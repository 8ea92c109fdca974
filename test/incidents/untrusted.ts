import type { Fixture } from './house.ts';

/** The people and the organization that these incidents happen in. */
export const corp = `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example], hosts: [corp.example] }
approvals: { high: { approvers: ["group:ops"], needs: 1, expires: 1h } }
---
directory:
  - { person: ann@corp.example, groups: [support] }
  - { person: lee@corp.example, groups: [ops] }
---
plugin: desk
owner: ops@corp.example
for: ["group:support"]
release: { version: 1.0.0 }
`;

/** A policy over one upstream: `connectors` names those of the plugin, the rest is documents. */
export function policyOf(connectors: readonly string[], documents: string): Fixture['policy'] {
  return (url) => `${corp}connectors: [${connectors.join(', ')}]
---
connection: tools
owner: ops@corp.example
upstream: { url: "${url}" }
network: private
---
${documents}`;
}
