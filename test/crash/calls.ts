import type { Call } from '../../packages/server/src/kernel/call.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import type { PolicySet } from '../../packages/server/src/kernel/rules.ts';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';

const documents = `
organization: o
owner: root@o.example
inside: { domains: [o.example] }
approvals: { high: { approvers: [boss@o.example], needs: 1, expires: 1h } }
---
directory: [{ person: ann@o.example, groups: [g] }, { person: boss@o.example, groups: [g] }]
---
connection: c
owner: own@o.example
upstream: { command: [c] }
---
connector: c
access: read-write
because: the crash test writes
tools:
  read: { effect: read }
  write: { effect: write, reversible: true, reach: "1" }
  tag: { effect: write, reversible: true, reach: { probe: { tool: read, args: { id: args.id } }, value: "1" } }
  odd: { effect: read, check: [{ rule: "args.n < 0.0", says: Never. }] }
  pay: { effect: pay }
---
plugin: p
owner: own@o.example
for: ["group:g"]
release: { version: "1" }
connectors: [c]
autonomy: { c.write: unattended, c.tag: unattended }
`;

const argumentsSchema = { type: 'object', properties: { id: { type: 'string' }, n: { type: 'integer' } } } as const;

/** What the upstream of the crash test offers. */
export const offered = {
  c: { tools: { read: argumentsSchema, write: argumentsSchema, tag: argumentsSchema, odd: argumentsSchema, pay: argumentsSchema } },
};

/** A policy under which calls are allowed, probed, refused and held. */
export function crashPolicy(): PolicySet {
  const compiled = compileSet({ 'o.yaml': documents }, {});
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.set;
}

const mix = ['read', 'write', 'read', 'write', 'tag', 'odd', 'read', 'write', 'tag', 'pay'];

/** The nth call of the load. Its id stands in its arguments, so that the upstream's log names the call. */
export function nthCall(n: number): Call {
  const atMs = Date.now();
  const id = newCallId(atMs);
  return {
    id,
    attempt: 0,
    atMs,
    endpoint: { plugin: 'p', version: '1', connector: 'c' },
    method: 'tools/call',
    name: mix[n % mix.length] ?? 'read',
    args: { id, n },
    extra: {},
    credential: {
      kind: 'token',
      id: 'c1',
      person: 'ann@o.example',
      groups: [],
      client: 'test',
      audience: '/p/p/1/c',
      profile: undefined,
      assurance: { person: 'proved', plugin: 'proved' },
    },
    session: undefined,
    client: { name: 'test', version: '1' },
    claims: {},
    clientCapabilities: {},
    via: 'mcp',
    ticket: undefined,
  };
}
