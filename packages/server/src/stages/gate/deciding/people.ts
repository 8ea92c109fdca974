import type { ProvenPerson } from '../../../kernel/approvals.ts';
import type { ApprovalRule, PolicySet } from '../../../kernel/rules.ts';
import type { TicketRow } from '../store.ts';

/** What of the running policy says who may decide. */
export type DecidingPolicy = Pick<PolicySet, 'directory' | 'organization'> &
  Partial<Pick<PolicySet, 'connectors' | 'connections' | 'plugins'>>;

/** One id for one person: aliases and upper case are the same human. */
export function identity({ directory }: Pick<PolicySet, 'directory'>, name: string): string {
  const lower = name.trim().toLowerCase();
  return directory.get(lower)?.id.toLowerCase() ?? lower;
}

/** Somebody by their id, with the groups that count: the provider's where it named any, else the directory's. */
export interface Known {
  readonly id: string;
  readonly groups: readonly string[];
}

/** Who shows a credential. */
export function knownAs(policy: DecidingPolicy, by: Pick<ProvenPerson, 'person' | 'groups'>): Known {
  const id = identity(policy, by.person);
  return { id, groups: by.groups ?? policy.directory.get(id)?.groups ?? [] };
}

/** Whether one of these names is the person: `group:<name>`, an id, or `manager` for the manager of who asks. */
export function isAmong(policy: DecidingPolicy, names: readonly string[], person: Known, asking: string): boolean {
  return names.some((name) => {
    if (name.startsWith('group:')) return person.groups.includes(name.slice('group:'.length));
    if (name !== 'manager') return identity(policy, name) === person.id;
    const manager = policy.directory.get(identity(policy, asking))?.manager;
    return manager !== undefined && identity(policy, manager) === person.id;
  });
}

/** The rule that the running policy has for such a call; its steps by reach aside. */
export function ruleFor(policy: DecidingPolicy, row: Pick<TicketRow, 'connector' | 'tool' | 'tier'>): ApprovalRule | undefined {
  const { organization, connectors } = policy;
  const tools = connectors?.get(row.connector)?.tools;
  const own = (tools?.get(row.tool) ?? tools?.get('*'))?.approvals;
  return own ?? organization.approvalsByTier?.get(row.tier as 'high') ?? organization.approvals;
}

/** In whose place this person stands in now, among those who are asked; never in the place of who asks. */
export function standsInFor(
  policy: DecidingPolicy,
  row: Pick<TicketRow, 'person' | 'connector' | 'tool' | 'tier'>,
  asked: readonly string[],
  person: Known,
  atMs: number,
): string | undefined {
  const asking = identity(policy, row.person);
  for (const [from, { to, untilMs }] of ruleFor(policy, row)?.delegates ?? []) {
    const away = knownAs(policy, { person: from });
    if (identity(policy, to) !== person.id || untilMs < atMs || away.id === asking) continue;
    if (isAmong(policy, asked, away, row.person)) return away.id;
  }
  return undefined;
}

/** Names as people read them. */
export function askedText(names: readonly string[]): string {
  return names.map((name) => (name === 'manager' ? 'the manager of who asks' : name.replace(/^group:/, 'group '))).join(', ');
}
