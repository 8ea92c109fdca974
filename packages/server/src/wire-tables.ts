import { builtinConnectors } from './builtin.ts';
import type { TableJudge } from './kernel/readers.ts';
import type { PolicySet } from './kernel/rules.ts';

/** Asks the connector of a connection what a statement reaches. */
export function tableJudge(policy: () => Pick<PolicySet, 'connections'>): TableJudge {
  return (connection, question) => {
    const address = policy().connections.get(connection)?.upstream;
    const kind = address && builtinConnectors.find(({ kinds }) => kinds.includes(address.kind));
    return address && kind?.judge?.(address, question);
  };
}
