import type { Fixture } from '../incidents/house.ts';

/** A policy with the client's own tools beside a connector; `hooks` is a line of the organization. */
export function hookFixture(more: { readonly organization?: string; readonly plugin?: string; readonly profile?: string } = {}): Fixture {
  return {
    tools: { get_thing: {}, delete_thing: {} },
    policy: (url) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:ops"], needs: 1, expires: 1h } }
${more.organization ?? ''}
---
directory:
  - { person: ann@corp.example, groups: [dev], aliases: [ann] }
  - { person: bea@corp.example, groups: [dev] }
  - { person: lee@corp.example, groups: [ops] }
  - { person: max@corp.example, groups: [ops] }
---
connection: crm
owner: ops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: crm
access: read-write
because: It keeps the things
tools:
  get_thing: { effect: read }
  delete_thing: { effect: delete, check: [{ rule: 'args.id != "1"', says: Thing 1 stays }] }
---
connection: claude-code
owner: ops@corp.example
upstream: { hook: claude }
environment: laptops
---
connector: claude-code
access: read-write
because: Tools that Claude Code runs on the machine of the person
tools:
  Read: { effect: read }
  Bash:
    effect: execute
    check:
      - { rule: '!args.command.contains("curl")', says: No curl from here }
    says: "run {args.command}"
  Write: { effect: write, reversible: true }
  WebFetch: { effect: read }
  Task: { effect: draft }
  Agent: { effect: draft }
  Skill: { effect: read }
---
plugin: desk
owner: ops@corp.example
for: ["group:dev"]
release: { version: 1.0.0 }
connectors: [crm, claude-code]
autonomy: { claude-code.Write: unattended }
${more.plugin ?? ''}
${more.profile ?? ''}
`,
  };
}
