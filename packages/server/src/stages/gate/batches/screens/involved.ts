import type { BatchSummary } from '@trapkey/contract/api/batches.ts';
import type { ProvenPerson } from '../../../../kernel/approvals.ts';
import { type Asked, HttpRefusal, signedIn } from '../../../../kernel/http.ts';
import { hasAny, lookers, openers } from '../../../../kernel/sight.ts';
import { identity, isAmong, knownAs } from '../../deciding/people.ts';
import type { BatchScreens } from './doors.ts';

/**
 * How somebody stands to a batch. Readers, and people whom the rule of one of its tools names, see that it is there and what
 * the sample says; what it carries is open to them only where they may decide all of it.
 */
export type Standing = 'asker' | 'asked' | 'onlooker' | 'named' | 'reader' | 'stranger';
const openTo: ReadonlySet<Standing> = new Set(['asker', 'asked', 'onlooker']);

/** Whether somebody who stands so to a batch sees what it carries without being one who may decide it. */
export function seesPayloads(standing: Standing): boolean {
  return openTo.has(standing);
}

/** Tells it, by identity. */
export function standingOf(doors: Pick<BatchScreens, 'policy'>, batch: BatchSummary, who: ProvenPerson): Standing {
  const policy = doors.policy();
  const person = knownAs(policy, who);
  if (person.id === identity(policy, batch.person)) return 'asker';
  if (batch.approvals.some((one) => identity(policy, one.person) === person.id)) return 'asked';
  if (hasAny(openers, who)) return 'onlooker';
  if (isAmong(policy, batch.asked, person, batch.person)) return 'named';
  const owner = policy.plugins?.get(batch.release.split('@')[0] ?? '')?.owner;
  return hasAny(lookers, who) || (owner !== undefined && isAmong(policy, [owner], person, batch.person)) ? 'reader' : 'stranger';
}

/** The batch that the address names; the same words for an id of the wrong form and one that nobody has. */
export async function found({ desk }: BatchScreens, asked: Asked<unknown>): Promise<BatchSummary> {
  const id = asked.params['batch'] ?? '';
  const batch = /^B-[0-9A-Z]{10}$/.test(id) ? await desk.find(id) : undefined;
  if (batch) return batch;
  throw new HttpRefusal(404, 'not_found', 'There is no such batch.', 'See them at /batches.');
}

/** The batch, for somebody who may see what it carries; others are told only that it does not ask them. */
export async function involved(
  doors: BatchScreens,
  asked: Asked<unknown>,
): Promise<{ readonly batch: BatchSummary; readonly standing: Standing }> {
  const { who } = signedIn(asked);
  const batch = await found(doors, asked);
  const standing = standingOf(doors, batch, who);
  if (seesPayloads(standing)) return { batch, standing };
  const eligible = await doors.desk.eligible(batch.id, who);
  if (eligible.may) return { batch, standing };
  throw new HttpRefusal(
    403,
    'not_yours',
    standing === 'named' ? eligible.says : `Batch ${batch.id} does not ask ${who.person}. Nothing was shown or changed.`,
    `It asks ${batch.asked.join(', ')}.`,
  );
}
