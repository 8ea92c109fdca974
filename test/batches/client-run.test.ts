import { expect, it } from 'vitest';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';
import { decideCase } from '../../packages/server/src/wire-redecide.ts';

const policy = `
organization: corp
owner: boss@corp.example
---
directory: [{ person: ann@corp.example, groups: [dev] }]
---
connection: claude-code
owner: it@corp.example
upstream: { hook: claude }
---
connector: claude-code
access: read-write
because: Code is what they are here for
tools:
  Write: { effect: write, reversible: true, stage: { over: 0 per run } }
---
plugin: desk
owner: ops@corp.example
for: ["group:dev"]
release: { version: 1.0.0 }
connectors: [claude-code]
autonomy: { claude-code.Write: unattended }
`;

it('holds what a client runs itself where it would be staged: it cannot wait in a batch', () => {
  const compiled = compileSet({ 'corp.yaml': policy }, {});
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const decided = decideCase(compiled.set, {
    ...{ plugin: 'desk', version: '1.0.0', connector: 'claude-code', person: 'ann@corp.example', groups: ['dev'], profile: undefined },
    ...{ atMs: Date.parse('2026-11-02T09:00:00Z'), method: 'tools/call', name: 'Write', args: { file_path: 'a' }, probes: {} },
  });
  expect(decided).toMatchObject({ verdict: 'hold', code: 'approval_needed', rule: 'stage/claude-code.Write' });
  expect(decided.says).toContain('what the client runs itself cannot be');
});
