import type { ProvenPerson } from '../../../../kernel/approvals.ts';
import { UserError } from '../../../../kernel/errors.ts';
import { type DecidingPolicy, identity, knownAs } from '../../deciding/people.ts';
import { authorise } from '../audit/authorise.ts';
import type { BatchRow } from '../proposal/store.ts';

/**
 * Throws, in words, unless this person may have the batch made, paused or ended: whoever may decide it, or an operator; never
 * who asked for it. Gives their one id.
 */
export function mayAct(policy: DecidingPolicy, batch: BatchRow, by: ProvenPerson, atMs: number): string {
  if (!by.roles.includes('operator')) return authorise(policy, batch, by, atMs).person;
  const { id } = knownAs(policy, by);
  if (id !== identity(policy, batch.person) || policy.organization.solo) return id;
  throw new UserError(
    `${id} asked for the changes of batch ${batch.id} and cannot decide what becomes of them. Nothing was changed.`,
    'Ask another operator, or somebody who may approve it.',
  );
}
