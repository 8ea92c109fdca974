import type { Effect } from '@trapkey/contract/codes.ts';
import type { Call } from './call.ts';
import type { ConnectorRules, ExpressionScope, NamePattern, ProfileRules, ToolRules } from './rules.ts';

/** Own tools carry it; an upstream's tool of that name could pose as one of them. */
export const ownPrefix = 'trapkey_';

export type Operation = Pick<Call, 'method' | 'name' | 'extra'>;

/** The rules that a connector has for an operation; undefined when it does not offer it. */
export function rulesOf(connector: ConnectorRules, operation: Operation): ToolRules | undefined {
  const { name } = operation;
  switch (operation.method) {
    case 'tools/call':
      return name.startsWith(ownPrefix) ? undefined : (connector.tools.get(name) ?? connector.tools.get('*'));
    case 'prompts/get':
      return reading(connector, 'prompt', connector.prompts, name);
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return reading(connector, 'resource', connector.resources, name);
    case 'completion/complete':
      return isPromptRef(operation)
        ? reading(connector, 'prompt', connector.prompts, name)
        : reading(connector, 'resource', connector.resources, name);
    case 'logging/setLevel':
      return unlisted(connector, 'logging', 'read');
  }
}

/** Undefined when the policy says nothing of it: what is not classified counts as changing. */
export function effectOf(connector: ConnectorRules, operation: Operation): Effect | undefined {
  return operation.method === 'tools/call' ? rulesOf(connector, operation)?.effect : 'read';
}

/** Rules of something that no document lists: no checks, no bounds, the effect as given. */
export function unlisted(connector: ConnectorRules, name: string, effect: Effect): ToolRules {
  return {
    name,
    effect,
    reversible: false,
    reach: undefined,
    recipients: undefined,
    destination: undefined,
    amount: undefined,
    sources: [],
    checks: [],
    overlay: undefined,
    approvals: undefined,
    requiresApproval: false,
    says: undefined,
    instead: undefined,
    idempotent: false,
    idempotencyArgument: undefined,
    mode: connector.mode,
  };
}

/** The allow line of the profile that covers a tool, its `when` evaluated; undefined when none does. */
export function profileLine(
  profile: ProfileRules,
  connector: string,
  tool: string,
  scope: ExpressionScope,
): ProfileRules['allow'][number] | undefined {
  return profile.allow.find(
    (line) => line.connector === connector && (line.tools.has(tool) || line.tools.has('*')) && (line.when?.evaluate(scope) ?? true),
  );
}

function reading(
  connector: ConnectorRules,
  kind: 'prompt' | 'resource',
  patterns: readonly NamePattern[],
  name: string,
): ToolRules | undefined {
  const pattern = patterns.find((candidate) => candidate.matches(name));
  return pattern && unlisted(connector, `${kind}:${pattern.source}`, 'read');
}

function isPromptRef(operation: Operation): boolean {
  const ref = operation.extra['ref'];
  return typeof ref === 'object' && ref !== null && 'type' in ref && ref.type === 'ref/prompt';
}
