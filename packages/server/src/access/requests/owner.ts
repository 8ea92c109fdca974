import type { PolicySet } from '../../kernel/rules.ts';

/** What of the running policy says who answers. */
export type OwningPolicy = Pick<PolicySet, 'connectors' | 'plugins' | 'organization' | 'directory'>;

/** Who can change a rule, by its id: the owner of the connector or plugin that it belongs to, else of the organization. */
export function ownerOf(rule: string, { connectors, plugins, organization }: OwningPolicy): string {
  const [kind = '', name = ''] = rule.replace(/^limits\//, '').split('/');
  const connector = connectors.get(name) ?? connectors.get(name.split('.')[0] ?? '');
  if (connector && ['tool', 'connector', 'check', 'approvals', 'reach', 'recipients'].includes(kind)) return connector.owner;
  return (kind === 'plugin' ? plugins.get(name)?.owner : undefined) ?? organization.owner;
}

/** One id for one person. */
export function idOf({ directory }: Pick<OwningPolicy, 'directory'>, person: string): string {
  const lower = person.trim().toLowerCase();
  return directory.get(lower)?.id.toLowerCase() ?? lower;
}
