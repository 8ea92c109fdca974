import type { JsonObject } from '@trapkey/contract/json.ts';
import { expressionScope } from './expression-scope.ts';
import type { Facts, Moment } from './facts.ts';
import { profileLine } from './operation.ts';
import type { Ruling } from './stage.ts';

/** A read that answers a question of policy: through which tool, for which rule, and what is read, in words. */
interface Asked {
  readonly connector: string;
  readonly tool: string;
  readonly rule: string;
  readonly what: string;
}

/** A probe reads only what this person could have read with this plugin and profile. Undefined where they could. */
export function probeBarred(
  { call, subject }: Pick<Facts, 'call' | 'subject'>,
  asked: Asked,
  args: JsonObject,
  moment: Moment,
): Ruling | undefined {
  const connector = subject.plugin.connectors.includes(asked.connector) ? moment.policy.connectors.get(asked.connector) : undefined;
  const { owner } = subject.connector;
  const refuse = (code: Ruling['code'], why: string): Ruling => ({
    verdict: 'deny',
    code,
    rule: asked.rule,
    says: `${asked.what} is read through ${asked.connector}.${asked.tool}, ${why}`,
    owner,
  });
  if (!connector) return refuse('not_offered', 'which this plugin does not have');
  const tool = connector.tools.get(asked.tool);
  if (tool?.effect !== 'read') return refuse('not_offered', 'which is not a tool that only reads');
  if (connector.requiresApproval || tool.requiresApproval) return refuse('approval_needed', 'which itself needs an approval');
  if (connector.notEnforceable !== undefined) return refuse('not_enforceable', 'which cannot be enforced');
  const scope = expressionScope({ call: { ...call, name: asked.tool }, subject: { ...subject, connector } }, moment, args);
  if (subject.profile && !profileLine(subject.profile, asked.connector, asked.tool, scope))
    return refuse('not_in_profile', 'which the task profile does not include');
  return undefined;
}
