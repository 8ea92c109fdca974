import { createHash } from 'node:crypto';
import type { Definitions } from '@trapkey/contract/upstream.ts';
import type { Pinned } from '../kernel/facts.ts';
import type { DefinitionLister, DefinitionReader } from '../kernel/readers.ts';
import type { PolicySet } from '../kernel/rules.ts';

const none: Definitions = {
  serverInfo: { name: 'claude-code', version: 'hook' },
  capabilities: { tools: {} },
  tools: [],
  prompts: [],
  resources: [],
  resourceTemplates: [],
};

/** Tools that a client runs itself declare nothing to anybody: their name is all there is to pin, and they are in no list. */
export function withClientTools(
  pinned: DefinitionReader & DefinitionLister,
  policy: () => Pick<PolicySet, 'connections'>,
): DefinitionReader & DefinitionLister {
  const made = new Map<string, Pinned>();
  const runByClient = (connection: string): boolean => policy().connections.get(connection)?.hook !== undefined;
  const pin = (name: string): Pinned => {
    const known = made.get(name);
    if (known) return known;
    const digest = `sha256:${createHash('sha256').update(`claude-code/${name}`).digest('hex')}`;
    const one: Pinned = { digest, tool: undefined, validateInput: () => undefined, validateOutput: undefined };
    if (made.size < 1_000) made.set(name, one);
    return one;
  };
  return {
    find(connection, method, name) {
      if (!runByClient(connection)) return pinned.find(connection, method, name);
      return method === 'tools/call' ? pin(name) : undefined;
    },
    all: (connection) => (runByClient(connection) ? none : pinned.all(connection)),
  };
}
