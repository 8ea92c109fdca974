import type { PolicySet } from '../../kernel/rules.ts';

/** An endpoint of ours, as a client's name of an MCP server stands for it. */
export interface OurServer {
  readonly plugin: string;
  readonly connector: string;
}

const remembered = new WeakMap<PolicySet, ReadonlyMap<string, OurServer>>();

/**
 * Which endpoint of the policy a client's server is: `plugin_<plugin>_<connector>` and `plugin:<plugin>:<connector>` for
 * those that plugins bring, `<plugin>-<connector>` as `trapkey connect` names them. The same characters that clients put
 * in place of others are compared.
 */
export function ourServer(policy: PolicySet, server: string): OurServer | undefined {
  let names = remembered.get(policy);
  if (!names) {
    names = namesOf(policy);
    remembered.set(policy, names);
  }
  return names.get(plain(server));
}

function namesOf(policy: PolicySet): ReadonlyMap<string, OurServer> {
  const names = new Map<string, OurServer>();
  for (const plugin of policy.plugins.values()) {
    for (const connector of plugin.connectors) {
      const ours = { plugin: plugin.id, connector };
      for (const name of [`plugin_${plugin.id}_${connector}`, `${plugin.id}-${connector}`]) names.set(plain(name), ours);
    }
  }
  return names;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
}
