import type { Alarm } from './kernel/alerts.ts';
import type { AgentBatches } from './kernel/batches.ts';
import type { Route } from './kernel/http.ts';
import type { PolicySet } from './kernel/rules.ts';
import type { Stops } from './kernel/stops.ts';
import { openBatchDesk } from './stages/gate/batches/audit/act.ts';
import { openAgentBatches } from './stages/gate/batches/proposal/agent.ts';
import type { Submitting } from './stages/gate/batches/proposal/submit.ts';
import { tendBatches } from './stages/gate/batches/proposal/worker.ts';
import { batchRoutes } from './stages/gate/batches/routes.ts';
import type { Store } from './wire.ts';
import { raiseInOver } from './wire-alerts.ts';
import { applyingOver } from './wire-applying.ts';
import { authorOver } from './wire-author.ts';
import { autonomyDoorOver } from './wire-autonomy.ts';
import { tellOver } from './wire-messages.ts';

type Policy = { readonly current: () => PolicySet };

function submittingOver(store: Store, policy: Policy): Submitting {
  const { database, recorder, clock, payloads } = store;
  return {
    database,
    recorder,
    clock,
    policy: policy.current,
    unseal: payloads.unsealMany,
    tell: tellOver(store, policy),
    autonomy: autonomyDoorOver(store, policy.current),
  };
}

/** Batches from their agents' side. */
export function agentBatchesOver(store: Store, policy: Policy): AgentBatches {
  return openAgentBatches(submittingOver(store, policy));
}

/** What people may do with batches: look, mark, decide, and have them made. Works in every process. */
export function batchesOver(store: Store, policy: Policy, stops: Stops) {
  return {
    desk: openBatchDesk({ ...submittingOver(store, policy), author: authorOver(store.database), stops }),
    applying: applyingOver({ store, policy, stops }),
  };
}

/** The addresses of batches. */
export function batchDeskRoutes(store: Store, policy: () => PolicySet, stops: Stops): readonly Route[] {
  return batchRoutes({ ...batchesOver(store, { current: policy }, stops), policy });
}

/** Closes the batches of runs that are over, in the processes that serve. Returns how to end it. */
export function tendBatchesOver(parts: { readonly store: Store; readonly policy: Policy; readonly alarm: Alarm }): () => Promise<void> {
  return tendBatches({ ...submittingOver(parts.store, parts.policy), alarm: parts.alarm, raise: raiseInOver(parts.store) });
}
