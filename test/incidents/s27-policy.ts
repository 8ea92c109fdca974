/** A desk on which nearly everything is refused, each for another reason. */
export function strict(
  url: string,
  { plugin = 'desk', version = '1.0.0', group = 'sales', connectors = ['crm', 'crm-act', 'books'], freeze = '' } = {},
): string {
  return `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
lists: { flagged: flagged.csv }
freeze: [${freeze}]
---
directory:
  - { person: ann@corp.example, groups: [sales] }
  - { person: bob@corp.example, groups: [sales, trainees] }
  - { person: lee@corp.example, groups: [leads] }
---
connection: crm
owner: revops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: crm
tools: { look: { effect: read }, crash: { effect: read }, nonsense: { effect: read }, note: { effect: write } }
---
connector: books
owner: finance@corp.example
allowed_tables: [invoices]
tools: { "*": { effect: read } }
---
connector: crm-act
connection: crm
access: read-write
because: Keeping the books is what this plugin is for
tools:
  note:
    effect: write
    reversible: true
    reach: "1"
    check: [{ rule: "!(args.id in lists.flagged)", says: "This account is flagged; ask Legal." }]
    arguments: { properties: { id: { type: string, maxLength: 8 } }, required: [id] }
  odd: { effect: write, reversible: true, reach: "1", check: [{ rule: "args.missing == 1", says: "It is one." }] }
  campaign: { effect: send, recipients: { probe: { tool: crash, args: {} }, value: result.emails } }
  send: { effect: send, recipients: args.to }
  soon: { effect: send, recipients: args.to, approvals: { approvers: ["group:leads"], needs: 1, expires: 1ms } }
---
plugin: ${plugin}
owner: m.osei@corp.example
for: ["group:${group}"]
release: { version: ${version} }
connectors: [${connectors.join(', ')}]
autonomy: {${connectors.includes('crm-act') ? ' crm-act.note: unattended, crm-act.odd: unattended ' : ''}}
---
profile: training
plugin: ${plugin}
for: ["group:trainees"]
allow: [{ connector: crm, tools: [look] }]
---
profile: whole
plugin: ${plugin}
for: ["group:sales"]
allow: [${connectors.map((one) => `{ connector: ${one}, tools: ["*"] }`).join(', ')}]
`;
}
