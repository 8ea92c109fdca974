/** A company of three with one upstream behind two connectors: reading, and changing. `more` are further documents. */
export function corp(url: string, more = '', organization = ''): string {
  return `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
${organization}
---
directory:
  - { person: ann@corp.example, groups: [sales, leads] }
  - { person: bob@corp.example, groups: [sales] }
  - { person: boss@corp.example, groups: [leads] }
  - { person: dave@corp.example, groups: [leads] }
---
connection: crm
owner: revops@corp.example
upstream: { url: "${url}" }
network: private
call_timeout: 60s
---
connector: crm
tools:
  look: { effect: read }
  slow: { effect: read }
---
connector: crm-act
connection: crm
access: read-write
because: Keeping the books is what this plugin is for
tools:
  note: { effect: write, reversible: true, reach: "1" }
  slow_note: { effect: write, reversible: true, reach: "1" }
  send:
    effect: send
    reach: size(args.to)
    says: "mail {reach} people about {args.subject}"
    check:
      - { rule: "size(args.to) <= 10", says: "At most 10 people get one mail." }
---
plugin: sales
owner: revops@corp.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [crm, crm-act]
autonomy: { crm-act.note: unattended, crm-act.slow_note: unattended }
${more}`;
}

export const boss = 'boss@corp.example';
export const ann = 'ann@corp.example';
export const bob = 'bob@corp.example';
export const dave = 'dave@corp.example';

/** How a command is told who runs it. */
export const as = (person: string): readonly string[] => ['--as', person, '--code-stdin'];
