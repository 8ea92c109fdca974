import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';

/** One plugin with a read and a few ways to change things; `limits` stand on the plugin, `more` are lines of the organization. */
export function limited(limits: string, more = '', tools = ''): PolicySet {
  const compiled = compileSet(
    {
      'p.yaml': `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
${more}
---
directory:
  - { person: ann@corp.example, groups: [sales] }
  - { person: bob@corp.example, groups: [sales] }
---
connection: crm
owner: revops@corp.example
upstream: { url: "https://crm.example/mcp" }
---
connector: crm-act
connection: crm
access: read-write
because: Keeping the books
tools:
  look: { effect: read }
  note: { effect: write, reversible: true, reach: size(args.ids) }
${tools}
---
plugin: sales
owner: m.osei@corp.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [crm-act]
autonomy: { crm-act.note: unattended }
${limits}
`,
    },
    {},
  );
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.set;
}
