import type { Call } from '../../kernel/call.ts';
import type { Moment, Subject } from '../../kernel/facts.ts';
import type { Ruling } from '../../kernel/stage.ts';

/**
 * Whether a call came the way that its connector is reached: a tool that the client runs itself only through its hook, and
 * nothing else through that. Without this, what is decided here would be dispatched to nowhere, or twice.
 */
export function wrongWay(call: Pick<Call, 'via'>, { connector }: Subject, { policy }: Moment): Ruling | undefined {
  const runByClient = policy.connections.get(connector.connection)?.hook !== undefined;
  if (runByClient === (call.via === 'hook')) return undefined;
  const says = runByClient
    ? 'The client runs this tool itself, so it runs only when its agent makes the same call again'
    : `The connector ${connector.id} is reached through the gateway, and its calls cannot be decided by a hook`;
  return { verdict: 'deny', code: 'client_runs', rule: `connector/${connector.id}/connection`, says, owner: connector.owner };
}

/**
 * What stands against a call for want of the hook's word. A witness that is missing is borne where the organization only
 * observes; one that contradicts is not.
 */
export function unannounced(call: Pick<Call, 'announced' | 'method' | 'via'>, { organization }: Moment): Ruling | undefined {
  const { announced } = call;
  if (announced?.kind === 'otherwise')
    return { verdict: 'deny', code: 'announced_otherwise', rule: 'organization/hooks', says: announced.says, owner: organization.owner };
  const asked = organization.hooks === 'require' && call.method === 'tools/call' && (call.via === 'mcp' || call.via === 'stdio');
  if (!asked || announced?.kind === 'joined') return undefined;
  const says = 'No hook of this person announced this call, and the organization lets none run without it';
  return { verdict: 'deny', code: 'not_announced', rule: 'organization/hooks', says, owner: organization.owner };
}
