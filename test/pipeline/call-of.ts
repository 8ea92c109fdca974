import type { Call } from '../../packages/server/src/kernel/call.ts';
import { newCallId } from '../../packages/server/src/kernel/ids.ts';
import type { Attempt } from './worlds.ts';

/** An attempt as the gateway would hand it on. */
export function callOf(attempt: Attempt, atMs: number, ticket?: Call['ticket']): Call {
  const path = `/p/p/${attempt.version}/c`;
  return {
    id: newCallId(atMs),
    attempt: 0,
    atMs,
    endpoint: { plugin: 'p', version: attempt.version, connector: 'c' },
    method: 'tools/call',
    name: attempt.tool,
    args: { n: attempt.n, to: attempt.to },
    extra: {},
    credential: {
      kind: 'token',
      id: 'c1',
      person: attempt.person,
      groups: [],
      client: 'test',
      audience: attempt.audience === 'right' ? path : '/p/other/1/c',
      profile: undefined,
      assurance: { person: 'proved', plugin: 'proved' },
    },
    session: undefined,
    client: { name: 'test', version: '1' },
    claims: {},
    clientCapabilities: {},
    via: 'mcp',
    ticket,
  };
}

/** What the one upstream of a random world has. */
export const worldUpstream = {
  c: {
    tools: Object.fromEntries(
      ['t0', 't1', 't2', 't3'].map((name) => [name, { type: 'object', properties: { n: { type: 'integer', minimum: 0 } } }]),
    ),
  },
};
