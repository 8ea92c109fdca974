import type { ApprovalRule, PolicySet } from '../kernel/rules.ts';
import type { Valid } from './validate.ts';

interface Checked {
  readonly set: PolicySet;
  readonly documents: readonly Valid[];
}

/** What is allowed and yet worth a look; every warning names what to look at. Errors were found before. */
export function warningsOf(checked: Checked): readonly string[] {
  return [
    ...aboutSet(checked),
    ...aboutConnectors(checked),
    ...aboutConnections(checked),
    ...aboutAutoExecute(checked),
    ...aboutPeople(checked),
    ...aboutModes(checked),
  ];
}

function aboutSet({ set, documents }: Checked): readonly string[] {
  const warnings: string[] = [];
  if (!documents.some(({ kind }) => kind === 'organization')) {
    warnings.push('There is no organization document: nothing counts as inside, and only group:administrators approves.');
  }
  const used = new Set([...set.plugins.values()].flatMap(({ connectors }) => connectors));
  const idle = [...set.connectors.keys()].filter((id) => !used.has(id));
  if (idle.length > 0) warnings.push(`No plugin has these connectors, so nobody can call them: ${idle.join(', ')}.`);
  const open = [...used].filter((id) => set.connectors.has(id) && !set.entitlements?.has(id)).sort();
  if (open.length > 0)
    warnings.push(`No entitlement names these connectors, so they are open to whoever may use their plugin: ${open.join(', ')}.`);
  return warnings;
}

function aboutConnectors({ set }: Checked): readonly string[] {
  return [...set.connectors.values()].flatMap((connector) => {
    const tools = [...connector.tools.values()];
    const acts = tools.filter(({ effect }) => effect !== 'read' && effect !== 'draft').map(({ name }) => name);
    const reads = tools.length - acts.length;
    const warnings: string[] = [];
    if (acts.length > 0 && reads > 0) {
      warnings.push(
        `Connector ${connector.id} mixes reading and acting (${acts.join(', ')}); split it in two over one connection, so that each has its own endpoint and stop.`,
      );
    }
    if (acts.length > 0 && connector.access === 'read-only')
      warnings.push(`Connector ${connector.id} is read-only, so these of its tools are always refused: ${acts.join(', ')}.`);
    if (connector.tools.has('*'))
      warnings.push(`Connector ${connector.id} offers every tool that its upstream has or will have ("*"); list them instead.`);
    if ([...connector.resources, ...connector.prompts].some(({ source }) => source === '*'))
      warnings.push(`Connector ${connector.id} offers every resource or prompt ("*").`);
    if (connector.notEnforceable !== undefined) warnings.push(`Connector ${connector.id} is refused for now. ${connector.notEnforceable}.`);
    return warnings;
  });
}

function aboutConnections({ set }: Checked): readonly string[] {
  const used = new Set([...set.connectors.values()].map(({ connection }) => connection));
  return [...set.connections.values()].flatMap((connection) => [
    ...(used.has(connection.id) ? [] : [`No connector leads over connection ${connection.id}.`]),
    ...(connection.sharing === 'all'
      ? [`Connection ${connection.id} is shared by everyone (sharing: all): its upstream must keep no state.`]
      : []),
    ...(connection.sampling ? [`Connection ${connection.id} may ask the client for model output (sampling).`] : []),
  ]);
}

/** What was earned by one release should end with it. */
function aboutAutoExecute({ set }: Checked): readonly string[] {
  return set.organization.autoExecute
    .filter(({ release }) => release === undefined)
    .map(
      ({ id, connector, tool }) =>
        `${id} (${connector}.${tool}) names no release, so it goes on with later ones; add \`release: plugin@version\` to end it there.`,
    );
}

function aboutPeople({ set }: Checked): readonly string[] {
  const people = [...new Set(set.directory.values())];
  const groups = new Set(people.flatMap((person) => person.groups));
  const named = [
    ...[...set.plugins.values()].flatMap((plugin) => plugin.for),
    ...[...set.profiles.values()].flat().flatMap((profile) => profile.for),
    ...approversIn(set),
  ];
  const empty = [...new Set(named)].filter((who) =>
    who.startsWith('group:') ? !groups.has(who.slice(6)) : who !== 'manager' && !set.directory.has(who.toLowerCase()),
  );
  return empty.length === 0
    ? []
    : [`The directory has nobody for ${empty.join(', ')}; that is right only where they come from an identity provider.`];
}

function approversIn(set: PolicySet): readonly string[] {
  const tools = [...set.connectors.values()].flatMap(({ tools }) => [...tools.values()]);
  const { approvals, approvalsByTier, breakGlass = [] } = set.organization;
  const rules = [approvals, ...(approvalsByTier?.values() ?? []), ...tools.flatMap((tool) => tool.approvals ?? [])];
  return [...rules.flatMap(everybodyIn), ...breakGlass];
}

function everybodyIn({ approvers, escalate, delegates, above = [] }: ApprovalRule): readonly string[] {
  const standIns = [...(delegates?.values() ?? [])].map(({ to }) => to);
  return [...approvers, ...(escalate?.to ?? []), ...standIns, ...above.flatMap((step) => step.rule.approvers)];
}

function aboutModes({ documents }: Checked): readonly string[] {
  return documents.flatMap(({ kind, id, body }) => {
    const modes = modesIn(body);
    return modes.length > 0 ? [`${kind} ${id} has rules that only ${[...new Set(modes)].join(' or ')}: they refuse nothing.`] : [];
  });
}

function modesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === 'mode' && (child === 'observe' || child === 'warn') ? [child] : modesIn(child),
  );
}
