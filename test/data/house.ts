import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Fixture } from '../incidents/house.ts';

/** What the upstream of these tests knows, planted so that a leak shows. */
const rows = [
  { id: '1', name: 'Ada', ssn: '078-05-1123', email: 'ada@example.org', tenant: 'corp', pay: 91_000 },
  { id: '2', name: 'Bob', ssn: '219-09-9998', email: 'bob@example.org', tenant: 'corp', pay: 87_000 },
] as const;

/** Answers as many servers write them. */
const structured = (value: JsonObject): JsonObject => ({
  content: [{ type: 'text', text: JSON.stringify(value) }],
  structuredContent: value,
});

const schema = {
  type: 'object',
  properties: {
    rows: {
      type: 'array',
      items: { type: 'object', properties: { ssn: { type: 'string' }, pay: { type: 'integer' } }, required: ['ssn', 'pay'] },
    },
  },
  required: ['rows'],
};

/** Five tools over the same rows, and one that sends. */
export const tools: Fixture['tools'] = {
  list: { answer: () => structured({ rows: rows as unknown as JsonObject[] }) },
  strict: { outputSchema: schema, answer: () => structured({ rows: rows as unknown as JsonObject[] }) },
  text: { answer: (args) => ({ content: [{ type: 'text', text: String(args['as']) }] }) },
  forecast: { answer: () => structured({ next: 'up' }) },
  account: { answer: (args) => structured({ id: args['id'] ?? null }) },
  search_web: { annotations: { openWorldHint: true, readOnlyHint: true }, answer: () => structured({ found: [] }) },
  mail: { answer: () => structured({ sent: true }) },
};

/** A policy around one connector's and one plugin's lines. */
export const policy =
  ({ connector = '', plugin = '', more = '', region = 'eu' }: Readonly<Record<string, string>>) =>
  (url: string): string =>
    `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:ops"], needs: 1, expires: 1h } }
---
directory:
  - { person: ann@corp.example, groups: [sales], region: ${region} }
  - { person: lee@corp.example, groups: [ops] }
---
connection: crm
owner: ops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: crm
owner: ops@corp.example
${connector}
tools:
  list: { effect: read }
  strict: { effect: read }
  text: { effect: read }
  account: { effect: read }
  forecast: { effect: read, data: [mnpi] }
---
connector: out
connection: crm
access: read-write
because: It sends
tools:
  search_web: { effect: read }
  mail: { effect: send, recipients: "[args.to]" }
---
plugin: desk
owner: ops@corp.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [crm, out]
${plugin}
${more}
`;
