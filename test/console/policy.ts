/** A company whose agents write to customers, change the CRM and refund invoices. */
export function policyOf(urls: { readonly crm: string; readonly mail: string; readonly billing: string }, organization = ''): string {
  return `
organization: acme
owner: olga@acme.example
inside: { domains: [acme.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 4h } }
break_glass: [max@acme.example]
${organization}
---
directory:
  - { person: ann@acme.example, groups: [sales] }
  - { person: ben@acme.example, groups: [sales, support] }
  - { person: cho@acme.example, groups: [finance] }
  - { person: lee@acme.example, groups: [leads] }
  - { person: max@acme.example, groups: [leads] }
  - { person: olga@acme.example, groups: [owners] }
---
connection: crm
owner: revops@acme.example
upstream: { url: "${urls.crm}" }
network: private
---
connection: mail
owner: it@acme.example
upstream: { url: "${urls.mail}" }
network: private
---
connection: billing
owner: finance@acme.example
upstream: { url: "${urls.billing}" }
network: private
---
connector: crm
connection: crm
access: read-write
because: Sales keeps its records here
tools:
  find_contacts: { effect: read }
  tag_contacts: { effect: write, reversible: true, reach: size(args.ids), stage: { over: 7 per run, sample: 4 } }
  delete_contacts: { effect: delete, reach: size(args.ids), says: "delete {reach} contacts" }
---
connector: mail
connection: mail
access: read-write
because: Campaigns are what this plugin is for
tools:
  send_mail: { effect: send, recipients: args.to, says: "email {reach} contacts about {args.subject}" }
---
connector: billing
connection: billing
access: read-write
because: Refunds up to a bound are part of support
tools:
  list_invoices: { effect: read }
  refund: { effect: pay, reach: "1", says: "refund {args.amount} to {args.customer}" }
---
plugin: campaigns
owner: revops@acme.example
for: ["group:sales"]
release: { version: 2.1.0 }
connectors: [crm, mail]
autonomy: { crm.tag_contacts: unattended }
---
plugin: helpdesk
owner: support@acme.example
for: ["group:support"]
release: { version: 1.4.2 }
connectors: [crm, billing]
`;
}
