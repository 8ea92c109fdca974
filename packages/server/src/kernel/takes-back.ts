import type { Call } from './call.ts';
import type { InFlight } from './stops.ts';

/**
 * Whether a call is an operator's own who takes back what a release did, or reads for it. No client can make one: doors give
 * calls their `via`, and only this process makes credentials of kind `internal`. Both must agree.
 */
export function takesBack({ via, credential }: Partial<Pick<Call, 'via'>> & Pick<Call, 'credential'>): boolean {
  return via === 'undo' && credential.kind === 'internal';
}

/**
 * A call under way, as stops see it. Of one that takes something back that is the operator, its own run, the connector, the
 * tool and the effect: a stop on the plugin, release or agent that did the harm does not end repairing it.
 */
export function stoppable(call: Pick<Call, 'via' | 'credential'>, inFlight: InFlight): InFlight {
  return takesBack(call) ? { ...inFlight, plugin: '', release: undefined, agent: undefined, parent: undefined } : inFlight;
}
